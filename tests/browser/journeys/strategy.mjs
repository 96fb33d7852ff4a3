// The strategy as a working instrument: from what is published to what it steers.

import assert from 'node:assert/strict'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const main = page => page.$eval('main', e => e.textContent)

export default ({ browser, binary }) => {
  let demo
  const started = async () => {
    if (!demo) {
      demo = await startDemo(binary)
      tidy(() => demo.stop())
    }
    return demo
  }
  const who = role => demo.staff.find(person => person.roles.includes(role))
  const visitor = options => newVisitor(browser, { origin: demo.url, javascript: false, ...options })
  const go = ({ page }, path) => page.goto(`${demo.url}${path}`, { waitUntil: 'load' })

  test('strategy: everybody reads what is published, without a script', async () => {
    await started()
    const citizen = await visitor()
    await go(citizen, '/strategy')
    await look(citizen, 'strategy-list-public')
    for (const id of ['essex-2021', 'national-2020']) {
      await go(citizen, `/strategy/${id}`)
      assert.match(await main(citizen.page), /What the sources lack/)
      await look(citizen, `strategy-public-${id}`)
    }
    await citizen.close()
  })

  test('strategy: from the list to an element, across to the other strategy and back', async () => {
    await started()
    const officer = await visitor()
    const { page } = officer
    await signIn(officer, who('contact-officer'), 'strategy')
    await go(officer, '/desk/strategy')
    await look(officer, 'strategy-list')
    await Promise.all([page.waitForNavigation(), page.click('main a[href="/desk/strategy/essex-2021"]')])
    await look(officer, 'strategy-essex')
    await page.select('#kind', 'principle')
    await press(page, '.bl-strategy__choose button')
    assert.doesNotMatch(await main(page), /Digital ethics and surveillance/)
    await look(officer, 'strategy-principles')
    await Promise.all([page.waitForNavigation(), page.click('main a[href="/desk/strategy/essex-2021/P01"]')])
    await look(officer, 'strategy-element')
    await Promise.all([page.waitForNavigation(), page.click('main a[href="/desk/strategy/national-2020/A3.2"]')])
    assert.match(await main(page), /Develop a digitally literate workforce/)
    await look(officer, 'strategy-element-national')
    await Promise.all([page.waitForNavigation(), page.click('main a[href="/desk/strategy/essex-2021/P01"]')])
    assert.match(await main(page), /Digitally skilled, equipped and enabled/)
    await go(officer, '/desk/strategy/national-2020')
    await look(officer, 'strategy-national')
    await officer.close()
  })

  test('strategy: each fits on one printed sheet', async () => {
    await started()
    const officer = await visitor()
    await signIn(officer, who('contact-officer'), 'strategy')
    for (const id of ['essex-2021', 'national-2020']) {
      await go(officer, `/desk/strategy/${id}/print`)
      await look(officer, `strategy-print-${id}`)
      const sheet = Buffer.from(await officer.page.pdf({ format: 'A4' })).toString('latin1')
      assert.equal(sheet.match(/\/Type\s*\/Page\b/g)?.length, 1, `${id} takes more than one sheet`)
    }
    await officer.close()
  })
}
