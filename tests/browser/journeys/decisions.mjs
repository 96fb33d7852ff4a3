// The decision report 097-21 as its people take it to the public: every state in order, and nothing that was redacted.

import assert from 'node:assert/strict'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, put, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const HERE = '/desk/decisions/097-21'
const SECRET = 'supplier Alpha Borealis asked for forty thousand pounds'

// What the form is filled with: the facts of the fixture, in sentences of our own.
const REPORT = {
  reference: '097-21',
  title: 'Essex Police Digital Strategy',
  area: 'Whole force',
  report_by: 'Head of Digital Change',
  enquiries_to: 'Digital Change team',
  purpose: 'This report asks for agreement to a digital strategy for the force.',
  recommendations: 'That the strategy is agreed:\n\n- as the guide for digital work\n- as the measure of new proposals',
  benefits: 'One set of principles for every proposal.',
  background: 'The strategy of 2015 has run out.\n\nThe pilot ' + SECRET + '.',
  police_and_crime_plan: 'It serves every priority of the plan.',
  operational: 'Officers get tools that work together.',
  financial: 'Each project brings its own business case.',
  risks: 'Projects may begin without a case; the board looks at each.',
  boards: 'Chief Officer Group, 10 March 2021; Strategic Board, 10 June 2021.',
  priorities: 'Crime prevention',
  items: 'item:digital-strategy',
  equality_assessment: 'Due with each project',
  consulted: '2021-02-15 | Information Management | Version 3 agreed',
  summary: 'A shorter version for everybody.'
}
const NONE = ['alternatives', 'legal', 'staffing', 'equality', 'background_papers']

const WAY = [
  ['finance-approver', 'check-finance', '2021-03-04', 'Figures checked'],
  ['programme-office', 'submit', '2021-03-05', 'Before the Chief Officer Group'],
  ['accountable-officer', 'approve', '2021-03-10', 'Approved by the Chief Officer Group'],
  ['chief-executive', 'sign-executive', '2021-06-25', 'Approved by the Chief Officer Group'],
  ['treasurer', 'sign-treasurer', '2021-06-28', 'Signed by both statutory officers'],
  ['programme-office', 'require-redaction', '2021-06-28', 'To be redacted'],
  ['treasurer', 'sign-redaction-treasurer', '2021-06-29', 'Redaction signed off'],
  ['programme-office', 'put-forward', '2021-06-29', 'Before the Commissioner'],
  ['commissioner', 'agree', '2021-07-02', 'Agreed'],
  ['programme-office', 'publish', '2021-07-05', 'Published']
]

const main = page => page.$eval('main', e => e.textContent)
const set = (page, selector, value) => page.$eval(selector, (e, v) => { e.value = v }, value)

export default ({ browser, binary }) => {
  test('decisions: 097-21 goes through every state and comes out redacted', async () => {
    const demo = await startDemo(binary)
    tidy(() => demo.stop())
    const who = role => demo.staff.find(person => person.roles.includes(role))
    const visitor = () => newVisitor(browser, { origin: demo.url, javascript: false })
    const people = {}
    const as = async role => {
      if (!people[role]) {
        people[role] = await visitor()
        await signIn(people[role], who(role), 'strategy')
      }
      return people[role]
    }

    const author = await as('programme-office')
    const { page } = author
    await page.goto(`${demo.url}/desk/decisions/new`)
    await look(author, 'decision-new')
    await put(page, 'classification', 'official-sensitive')
    for (const [name, value] of Object.entries(REPORT)) await set(page, `[name="${name}"]`, value)
    await set(page, '[name=date_of_report]', '2021-03-03')
    for (const name of NONE) await page.click(`input[name="${name}_none"]`)
    await press(page, 'main form button')
    assert.equal(new URL(page.url()).pathname, HERE, await main(page))
    await look(author, 'decision-draft')

    // What is published is settled; a passage that does not stand there is refused.
    const settle = 'form[action$="/publication"]'
    const open = selector => page.$eval(selector, e => { e.closest('details').open = true })
    await open(settle)
    for (const [name, value] of [['for_publication', 'yes'], ['redact_sheet', 'yes'], ['redact_appendix', 'no']]) {
      await page.click(`${settle} input[name="${name}"][value="${value}"]`)
    }
    await set(page, `${settle} [name=passages]`, 'words that are nowhere')
    await set(page, `${settle} [name=details]`, 'The name and the price of a supplier.')
    await press(page, `${settle} button`)
    assert.match(await main(page), /does not stand in the report/)
    await look(author, 'decision-passage-wrong')
    await set(page, `${settle} [name=passages]`, SECRET)
    await press(page, `${settle} button`)
    assert.match(await main(page), /Passages marked: 1/)

    for (const [role, step, on, stage] of WAY) {
      const person = await as(role)
      await person.page.goto(demo.url + HERE)
      const form = `form[action$="/step/${step}"]`
      assert.ok(await person.page.$(form), `${role} has no form for ${step}`)
      await person.page.$eval(form, e => { e.closest('details').open = true })
      if (step === 'sign-executive') {
        await look(person, 'decision-sign')
        await press(person.page, `${form} button`)
        assert.match(await main(person.page), /Enter the printed name/)
        await look(person, 'decision-unsigned')
      }
      await set(person.page, `${form} [name=on]`, on)
      if (await person.page.$(`${form} [name=name]`)) {
        await set(person.page, `${form} [name=name]`, 'P. Sample')
        await person.page.click(`${form} input[name=signed]`)
      }
      await press(person.page, `${form} button`)
      const tag = await person.page.$eval('main .govuk-tag', e => e.textContent.trim())
      assert.equal(tag, stage, step)
      if (step === 'publish') await look(person, 'decision-published')
    }
    await page.goto(`${demo.url}/desk/decisions`)
    await look(author, 'decisions-desk')

    // One word can be longer than the page is wide.
    await page.goto(`${demo.url}/desk/decisions/new`)
    await put(page, 'classification', 'official')
    const word = 'w'.repeat(300)
    for (const name of ['title', 'area', 'report_by']) await set(page, `[name=${name}]`, word)
    await set(page, '[name=purpose]', word.repeat(10))
    await set(page, '[name=risk_register]', word)
    await press(page, 'main form button')
    await look(author, 'decision-long-word')
    await page.goto(`${demo.url}/desk/decisions`)
    await look(author, 'decisions-long-word')

    const citizen = await visitor()
    await citizen.page.goto(`${demo.url}/decisions`)
    await look(citizen, 'decisions-public')
    await Promise.all([citizen.page.waitForNavigation(), citizen.page.click('main table a[href="/decisions/097-21"]')])
    await look(citizen, 'decision-public')
    const text = await citizen.page.content()
    assert.ok(!text.includes('Alpha Borealis') && !text.includes('forty thousand'), 'what was redacted is there')
    assert.ok(text.includes('[redacted]') && text.includes('2 July 2021'))

    // A board with its meeting and a paper.
    await page.goto(`${demo.url}/desk/boards`)
    await page.$eval('form:has([name=code])', e => { e.closest('details').open = true })
    await set(page, '[name=code]', 'B03')
    await set(page, 'form:has([name=code]) [name=name]', 'Strategic Board')
    await page.select('[name=kind]', 'board')
    await press(page, 'form:has([name=code]) button')
    await look(author, 'boards')
    // The fictional force has its Chief Officer Group.
    await page.goto(`${demo.url}/desk/boards/COG`)
    await page.$eval('form:has([name=at])', e => { e.closest('details').open = true })
    await set(page, '[name=on]', '2021-03-10')
    await set(page, '[name=at]', '10:00')
    await press(page, 'form:has([name=at]) button')
    const form = 'form[action$="/items"]'
    await page.$eval(form, e => { e.closest('details').open = true })
    await page.click(`${form} input[name=with_paper]`)
    await page.click(`${form} input[name=classification][value=official]`)
    const cover = {
      title: 'Digital strategy', chief_officer: 'Deputy Chief Constable', author: 'Head of Digital Change',
      date_written: '2021-03-03', paper_version: '1.0', decision_reference: '097-21'
    }
    for (const [name, value] of Object.entries(cover)) await set(page, `${form} [name=${name}]`, value)
    await press(page, `${form} button`)
    await look(author, 'meeting')
    await Promise.all([page.waitForNavigation(), page.click('main a[href*="?paper="]')])
    assert.match(await main(page), /Author on behalf of the chief officer/)
    await look(author, 'meeting-paper')
    for (const one of [...Object.values(people), citizen]) await one.close()
  })
}
