// The steps of which journeys are made: fill in, press, sign in, send a report.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { look } from './look.mjs'

// What is typed into each page of each form: the same file serves the tests without a browser.
const TYPED = JSON.parse(readFileSync(new URL('../../../crates/web/tests/it/posted.json', import.meta.url), 'utf8'))
// What a first view may cost, page included.
export const FIRST_VIEW = { requests: 6, bytes: 40_000 }

export async function put (page, name, value) {
  for (const one of [value].flat()) {
    const choice = await page.$(`input[name="${name}"][value="${one}"]`)
    if (choice) {
      await choice.click()
      continue
    }
    const box = await page.waitForSelector(`[name="${name}"]`)
    await box.click({ count: 3 })
    await page.keyboard.press('Backspace')
    await box.type(String(one))
  }
}

export async function press (page, selector = 'main form button[type=submit], main form button:not([type])') {
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)])
}

export async function signIn (visitor, person, purpose) {
  await visitor.page.goto(`${visitor.origin}/sign-in`)
  await put(visitor.page, 'username', person.username)
  await put(visitor.page, 'password', person.password)
  await put(visitor.page, 'purpose', purpose)
  await press(visitor.page)
}

export async function choosePurpose (visitor, purpose) {
  await visitor.page.goto(`${visitor.origin}/desk/purpose`)
  await put(visitor.page, 'purpose', purpose)
  await press(visitor.page)
}

/** Walks a form to its receipt, and looks at every page on the way. Gives reference and code. */
export async function report (visitor, form) {
  const { page, origin } = visitor
  await page.goto(`${origin}/report/${form}`)
  await look(visitor, `${form}-start`, { limits: FIRST_VIEW })
  await Promise.all([page.waitForNavigation(), page.click('a.govuk-button--start')])
  for (let n = 1; n < 40; n++) {
    const path = new URL(page.url()).pathname
    if (path.endsWith('/check')) break
    const question = path.split('/q')[1]
    const fields = TYPED[form][question]
    assert.ok(fields, `posted.json has nothing for ${question} of ${form}`)
    await look(visitor, `${form}-${String(n).padStart(2, '0')}${question.replaceAll('/', '-')}`)
    for (const [name, value] of Object.entries(fields)) await put(page, name, value)
    await press(page)
    assert.notEqual(new URL(page.url()).pathname, path, `${question} was not accepted`)
  }
  await look(visitor, `${form}-check`)
  await press(page)
  await look(visitor, `${form}-sent`)
  const text = selector => page.$eval(selector, e => e.textContent.trim())
  return { reference: await text('.govuk-panel__body strong'), code: await text('.bl-code') }
}

export async function follow (visitor, receipt) {
  await visitor.page.goto(`${visitor.origin}/track`)
  await put(visitor.page, 'reference', receipt.reference)
  await put(visitor.page, 'code', receipt.code.toLowerCase())
  await press(visitor.page)
  return visitor.page.$eval('main', e => e.textContent)
}

/** Waits until the worker has done its part. */
export async function until (visitor, url, seen) {
  for (let n = 0; n < 40; n++) {
    await visitor.page.goto(url)
    if (seen(await visitor.page.$eval('main', e => e.textContent))) return
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  assert.fail(`${url} never showed what was waited for`)
}
