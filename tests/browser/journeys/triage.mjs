// Triage as people do it: ask and note, grade below the floor, a supervisor looks, a definition lives.

import assert from 'node:assert/strict'
import { approve } from '../harness/approve.mjs'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, put, report, signIn, until } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const DECIDE = '.bl-decide__form button[type=submit], .bl-decide__form button:not([type])'

/** Opens whatever hides a form, as a person would who looks for it. */
const open = (page, selector) => page.$eval(selector, e => {
  for (let up = e.closest('details'); up; up = up.parentElement?.closest('details')) up.open = true
})

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

  test('triage: ask, note, grade below the floor, and a supervisor looks', async () => {
    await started()
    const citizen = await visitor()
    const receipt = await report(citizen, 'burglary')
    await citizen.close()

    const officer = await visitor()
    const { page } = officer
    await signIn(officer, who('contact-officer'), 'contact')
    await page.goto(`${demo.url}/desk/reports?reference=${receipt.reference}`)
    const href = await page.$eval('main table a[href^="/desk/reports/"]', a => a.href)
    await until(officer, href, text => text.includes('Proposal') && !text.includes('Being assessed'))

    // A fact without its source is not noted; with it, it stands beside what the report said.
    const form = 'form[action$="/facts"]:has(input[value="near repeat band"])'
    await open(page, form)
    await page.click(`${form} input[value=yes]`)
    await press(page, `${form} button`)
    assert.match(await main(page), /Say who or what this comes from/)
    await look(officer, 'report-fact-wrong')
    await open(page, form)
    await page.type(`${form} input[name=source]`, 'analysis')
    await press(page, `${form} button`)
    assert.match(await main(page), /Analysis, /)

    // Another definition is asked as well, and something is said to have happened.
    const other = 'form[action$="/definitions"]'
    await open(page, other)
    await page.click(`${other} input[value="antisocial-behaviour"]`)
    await press(page, `${other} button`)
    assert.match(await main(page), /also concerns it/)
    const events = 'form[action$="/events"]'
    await open(page, events)
    await page.click(`${events} input[value="repeat-call"]`)
    await page.type(`${events} textarea`, 'The same caller last night, R-0000-0000.')
    await press(page, `${events} button`)
    assert.match(await main(page), /The same caller last night/)
    await look(officer, 'report-triage')

    // Below the floor: not without a code and words.
    await put(page, 'grade', 'STANDARD')
    await put(page, 'outcome', 'refer')
    await put(page, 'reasons', 'The locksmith has been, and the neighbours watch the house.')
    await press(page, DECIDE)
    assert.match(await main(page), /Select why the grade is below the proposed floor/)
    await look(officer, 'report-lower-wrong')
    await open(page, '.bl-decide__form [name=lower_code]')
    await put(page, 'lower_code', 'managed')
    await put(page, 'lower_reason', 'Locks changed an hour ago.')
    await press(page, DECIDE)
    assert.match(await main(page), /lowered below the proposal/)
    assert.match(await main(page), /Graded below the floor/)
    await look(officer, 'report-lowered')
    await officer.close()

    const supervisor = await visitor()
    await signIn(supervisor, who('supervisor'), 'contact')
    await supervisor.page.goto(`${demo.url}/desk/reviews`)
    assert.match(await main(supervisor.page), /Graded below the floor/)
    await look(supervisor, 'reviews-waiting')
    await supervisor.page.goto(href)
    const answer = 'form[action^="/desk/reviews/"]:has([name=lower_code])'
    await open(supervisor.page, answer)
    await press(supervisor.page, `${answer} button`)
    assert.match(await main(supervisor.page), /Select the grade that stands from now on/)
    await look(supervisor, 'review-wrong')
    await open(supervisor.page, answer)
    await supervisor.page.click(`${answer} input[name=grade][value=HIGH]`)
    await supervisor.page.type(`${answer} textarea[name=reasons]`, 'Keys were taken: somebody may come back.')
    await press(supervisor.page, `${answer} button`)
    assert.match(await main(supervisor.page), /Looked at by a supervisor, HIGH/)
    await look(supervisor, 'review-answered')
    await supervisor.page.goto(`${demo.url}/desk/quality`)
    assert.match(await main(supervisor.page), /Burglary/)
    await look(supervisor, 'quality-after')
    await supervisor.close()
  })

  test('triage: a definition is written with its faults named as one types, tried, and let live by another', async () => {
    await started()
    const lead = await visitor({ javascript: true })
    const { page } = lead
    await signIn(lead, who('risk-lead'), 'governance')
    await page.goto(`${demo.url}/desk/definitions/burglary/1.0.0/edit`)
    const text = await page.$eval('textarea', e => e.value)
    assert.match(text, /version: 1\.0\.1/)
    const type = value => page.$eval('textarea', (e, value) => {
      e.value = value
      e.dispatchEvent(new Event('input', { bubbles: true }))
    }, value)
    await type(text.replace('status:', 'statsu:'))
    await page.waitForFunction(() => /statsu/.test(document.querySelector('#result').textContent) &&
      document.querySelector('#said').textContent.trim(), { timeout: 8000 })
    await look(lead, 'editor-fault')
    await type(text)
    await page.waitForFunction(() => !/statsu/.test(document.querySelector('#result').textContent), { timeout: 8000 })
    await press(page, 'button[formaction="/desk/definitions"]')
    await look(lead, 'definition-draft')
    const act = async (visitor, deed) => {
      const form = `form[action$="/${deed}"]`
      await open(visitor.page, form)
      await visitor.page.type(`${form} [name=reasons]`, 'For the journey.')
      await press(visitor.page, `${form} button`)
    }
    await page.goto(`${demo.url}/desk/definitions/burglary/1.0.1`)
    await act(lead, 'shadow')
    await approve(binary, demo, 'definition/burglary', '1.0.1')
    await page.goto(`${demo.url}/desk/definitions/burglary/1.0.1`)
    await act(lead, 'ask')
    await page.goto(`${demo.url}/desk/definitions/burglary/1.0.1`)
    await look(lead, 'definition-asked')
    assert.equal(await page.$('form[action$="/live"]'), null, 'who asked cannot let it live')
    await lead.close()

    const chief = await visitor()
    await signIn(chief, who('accountable-officer'), 'governance')
    await chief.page.goto(`${demo.url}/desk/definitions/burglary/1.0.1`)
    await act(chief, 'live')
    await chief.page.goto(`${demo.url}/definitions/burglary`)
    assert.match(await main(chief.page), /1\.0\.1/)
    await chief.close()
  })
}
