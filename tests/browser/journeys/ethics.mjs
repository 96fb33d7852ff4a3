// What is approved and what is not: the public register, the transparency record, the committee's minutes; the staff's
// register, a step that is held back, and a definition that is suspended at once.

import assert from 'node:assert/strict'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const open = (page, selector) => page.$eval(selector, e => {
  for (let up = e.closest('details'); up; up = up.parentElement?.closest('details')) up.open = true
})
const main = page => page.$eval('main', e => e.textContent)
const ETHICS = '/desk/ethics/definition/burglary'

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

  test('ethics: everybody reads what runs, how far it may, and what the committee said', async () => {
    await started()
    const anybody = await visitor()
    const { page } = anybody
    await page.goto(`${demo.url}/algorithms`)
    assert.match(await main(page), /In use since/)
    assert.match(await main(page), /In a pilot since/)
    await look(anybody, 'algorithms-register')
    await Promise.all([page.waitForNavigation(), page.click('a[href="/algorithms/definition/burglary"]')])
    assert.match(await main(page), /Algorithmic Transparency Recording Standard/)
    assert.match(await main(page), /production/)
    await look(anybody, 'algorithms-record')
    await page.goto(`${demo.url}/ethics-committee`)
    await look(anybody, 'ethics-committee')
    const record = await (await fetch(`${demo.url}/api/v1/algorithms/definition/burglary`)).json()
    assert.equal(record.records[0].runs.state, 'operational')
    await anybody.close()
  })

  test('ethics: each sees what they may do, what is missing is said, and what is suspended is not asked', async () => {
    await started()
    for (const [role, path, name] of [
      ['risk-lead', '/desk/ethics', 'ethics-register'],
      ['risk-lead', '/desk/ethics/definition/stalking', 'ethics-writer'],
      ['ethics-committee', '/desk/ethics/definition/stalking', 'ethics-member'],
      ['accountable-officer', '/desk/ethics/definition/mass-harm', 'ethics-officer']
    ]) {
      const person = await visitor()
      await signIn(person, who(role), 'governance')
      await person.page.goto(demo.url + path)
      await look(person, name)
      if (name === 'ethics-officer') assert.match(await main(person.page), /is not answered/)
      await person.close()
    }

    const chief = await visitor()
    const { page } = chief
    await signIn(chief, who('accountable-officer'), 'governance')
    await page.goto(demo.url + ETHICS)
    const form = 'form[action$="/phase"]:has(input[value="suspended"])'
    await open(page, form)
    await press(page, `${form} button`)
    assert.match(await main(page), /Enter your reasons/)
    await look(chief, 'ethics-suspend-wrong')
    await page.type(`${form} textarea[name=reasons]`, 'It asked about the wrong door.')
    await press(page, `${form} button`)
    assert.match(await main(page), /Suspended/)
    await look(chief, 'ethics-suspended')
    await chief.close()

    const officer = await visitor()
    await signIn(officer, who('contact-officer'), 'contact')
    await officer.page.goto(`${demo.url}/desk/reports?form=burglary`)
    const list = await main(officer.page)
    assert.doesNotMatch(list, /\b(HIGH|MEDIUM|STANDARD)\b/, 'no grade of it is shown')
    await look(officer, 'queue-suspended')
    const href = await officer.page.$eval('main table a[href^="/desk/reports/"]', a => a.href)
    await officer.page.goto(href)
    const told = await main(officer.page)
    assert.ok(/no proposal any more/.test(told) || /was not asked: it was suspended/.test(told), told)
    await look(officer, 'report-suspended')
    await officer.close()
  })
}
