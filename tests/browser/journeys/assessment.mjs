// Items measured against a strategy: two people score, one works against ethics, an accountable officer decides.

import assert from 'node:assert/strict'
import { newVisitor, PHONE } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { keyboard } from '../harness/keyboard.mjs'
import { look } from '../harness/look.mjs'
import { press, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const main = page => page.$eval('main', e => e.textContent)
const FORM = 'section[aria-labelledby=assess] form'

/** Writes what was found of an element, as a person does who has opened the form. */
async function score (page, id, value, rationale, evidence = '') {
  await page.select(`#${id}-score`, value)
  await page.type(`#${id}-rationale`, rationale)
  if (evidence) await page.type(`#${id}-evidence`, evidence)
}

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
  const go = ({ page }, path) => page.goto(path.startsWith('http') ? path : `${demo.url}${path}`, { waitUntil: 'load' })

  test('assessment: score, see how far people are apart, look again, compare', async () => {
    await started()
    const lead = await visitor()
    const { page } = lead
    await signIn(lead, who('risk-lead'), 'strategy')
    await go(lead, '/desk/matrix?strategy=essex-2021&axis=principle')
    await look(lead, 'matrix-before')
    const item = await page.$eval('.bl-matrix tbody th a', a => a.href)
    await go(lead, item)
    await look(lead, 'item-assess-empty')
    await page.select('#P01-score', '3')
    await press(page, `${FORM} button`)
    assert.match(await main(page), /Say in one sentence why P01 is scored 3/)
    await look(lead, 'item-assess-wrong')
    await go(lead, item)
    await score(page, 'P01', '3', 'Officers fill in half as many forms.', 'https://example.org/pilot\nMinutes of 3 March')
    await page.select('#P02-score', '0')
    await score(page, 'P09', '-1', 'Nobody is told that it runs.')
    await press(page, `${FORM} button`)
    assert.match(await main(page), /3 of 10 assessed by 1 person/)
    assert.match(await main(page), /This item may not go on: P09 is scored −1/)
    await look(lead, 'item-assess-barred')

    // Whoever changes what they found says why.
    await page.select('#P01-score', '2')
    await press(page, `${FORM} button`)
    assert.match(await main(page), /choose why you assess it again/)
    await page.select('#cause', 'item-changed')
    await page.type('#why', 'The second release does less.')
    await press(page, `${FORM} button`)
    await go(lead, `${item.split('?')[0]}/history`)
    await press(page, '.bl-choices button')
    assert.match(await main(page), /1 element differs/)
    await look(lead, 'item-history')
    await lead.close()

    // Another person, with keys alone and on a telephone.
    const chief = await visitor({ width: PHONE })
    await signIn(chief, who('accountable-officer'), 'strategy')
    await go(chief, item)
    const keys = keyboard(chief.page)
    await keys.to('#P01-score')
    await keys.press('1')
    assert.equal(await chief.page.$eval('#P01-score', e => e.value), '1', 'a score is chosen by its digit')
    await keys.fill('#P01-rationale', 'Some help, in one district.')
    await keys.follow(`${FORM} button`)
    assert.match(await main(chief.page), /3 of 10 assessed by 2 people/)
    await go(chief, '/desk/matrix?strategy=essex-2021&axis=principle')
    assert.match(await main(chief.page), /P01: median 1\.5 of 2 people, from 1 to 2/)
    await look(chief, 'matrix-after')

    // The accountable officer decides by name, with reasons.
    await go(chief, item)
    const lift = 'form[action*="/lift"]'
    await press(chief.page, `${lift} button`)
    assert.match(await main(chief.page), /Enter the reasons for your decision/)
    await look(chief, 'item-lift-wrong')
    await chief.page.type(`${lift} textarea`, 'From May on everybody is told on the first page.')
    await press(chief.page, `${lift} button`)
    await go(chief, item)
    assert.match(await main(chief.page), /Lifted: P09 is scored −1/)
    await look(chief, 'item-lifted')
    await chief.close()
  })

  test('assessment: alignment is never a number alone, and every strategy and axis can be looked at', async () => {
    await started()
    const officer = await visitor()
    const { page } = officer
    await signIn(officer, who('contact-officer'), 'strategy')
    await go(officer, '/desk/alignment?strategy=essex-2021')
    const cells = await page.$$eval('.bl-aligned', all => all.map(e => e.textContent))
    assert.ok(cells.length, 'something was assessed')
    for (const cell of cells) assert.match(cell, /over \d+ of \d+ elements[\s\S]*assessor[\s\S]*rank \d+/)
    await look(officer, 'alignment')
    await go(officer, '/desk/alignment/weights?strategy=essex-2021')
    assert.equal(await page.$('main form'), null, 'who does not keep registers has no form')
    await look(officer, 'weights')
    for (const axis of ['action', 'technology', 'ethics']) {
      await go(officer, `/desk/matrix?strategy=national-2020&axis=${axis}`)
      await look(officer, `matrix-${axis}`)
    }
    await officer.close()
  })
}
