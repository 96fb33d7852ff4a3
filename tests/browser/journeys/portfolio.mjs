// The programme office's workspace: findings that a person answers, the plan, benefits, ideas, gates.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { newVisitor, PHONE } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { keyboard } from '../harness/keyboard.mjs'
import { look } from '../harness/look.mjs'
import { press, put, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const main = page => page.$eval('main', e => e.textContent)
const PASSWORD = 'three sleepy lamps'

export default ({ browser, binary }) => {
  let demo
  let office
  const visitor = options => newVisitor(browser, { origin: demo.url, javascript: false, ...options })
  const go = ({ page }, path) => page.goto(path.startsWith('http') ? path : `${demo.url}${path}`, { waitUntil: 'load' })
  const who = role => demo.staff.find(person => person.roles.includes(role))
  const run = (...words) => execFileSync(binary, [...words, '--data-dir', demo.dataDir], { encoding: 'utf8' })

  /** The force with somebody of the programme office, and what she has written down. */
  async function started () {
    if (demo) return
    demo = await startDemo(binary)
    tidy(() => demo.stop())
    const link = run('account', 'add', 'olive.office', '--name', 'Olive Office', '--role', 'programme-office')
    const token = run('token', 'issue', 'olive.office', '--purpose', 'strategy', '--label', 'test').trim()
    const entry = async (register, code, body) => {
      const answer = await fetch(`${demo.url}/api/v1/registers/${register}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ code, body })
      })
      assert.equal(answer.status, 201, `${code}: ${await answer.text()}`)
    }
    for (const [code, title] of [['harrowmere', 'Harrowmere Police'], ['quillshire', 'Quillshire Police']]) {
      await entry('organisation', code, { title, kind: 'force' })
    }
    const project = (title, organisation, starts, ends, more) => ({
      title, organisation, starts, ends, kind: 'project', summary: 'Victims report theft online and follow what happens to their report.',
      aims: ['help-people'], elements: ['national-2020:A1.1'], roadmap: ['national-2020:R1.A1'], users: ['Victims'],
      capabilities: ['national-2020:C01'], owner: 'Head of Digital', team: 'Web team', status: 'on-track',
      level: 'force', cost_once: 250000, ...more
    })
    await entry('item', 'theft-portal', project('Online reporting of theft', 'harrowmere', '2027-01-04', '2027-09-30',
      { baseline_starts: '2027-01-04', baseline_ends: '2027-06-30', stage: 'delivery', carbon_tonnes: 12 }))
    await entry('item', 'theft-counter', project('Theft reporting, online', 'quillshire', '2027-03-01', '2027-10-29',
      { stage: 'full-case', participants: ['harrowmere'] }))
    await entry('item', 'digital-change', { title: 'Digital change', kind: 'programme', summary: 'Everything that changes how the public reaches us.', aims: ['help-people'], elements: ['national-2020:E1'] })
    await entry('item', 'yard', { title: 'Light in the yard', kind: 'project', summary: 'Lamps that need less power.', aims: ['keep-people-safe'], starts: '2027-10-01', ends: '2028-02-28', parent: 'digital-change', stage: 'outline-case', quick_win: true })
    await entry('dependency', 'after', { title: 'The portal is in use', item: 'yard', needs: 'theft-portal', kind: 'finish-to-start' })
    await entry('raid', 'supplier', { title: 'The supplier is late', kind: 'risk', item: 'theft-portal', likelihood: '5', impact: '4', area: 'delivery', owner: 'Head of Digital', state: 'open' })
    await entry('benefit', 'calls', { title: 'Fewer calls', item: 'theft-portal', sort: 'cash-releasing', measure: 'Calls a week', unit: 'calls', baseline: 100, target: 50, due: '2026-11-01', worth_yearly: 80000, optimism_bias: 15, owner: 'Head of Contact', elements: ['essex-2021:P03'], group: 'Victims' })
    await entry('realised', 'calls-1', { title: 'October', benefit: 'calls', on: '2026-10-31', value: 75, worth_yearly: 30000, evidence: 'Telephony' })
    await entry('cost', 'portal-1', { title: 'Portal', item: 'theft-portal', organisation: 'harrowmere', year: 2026, amount: 250000, purpose: 'change', area: 'services', outside_days: 140 })
    office = await visitor()
    await go(office, link.match(/\/invitation\/\w+/)[0])
    await put(office.page, 'password', PASSWORD)
    await press(office.page)
    await signIn(office, { username: 'olive.office', password: PASSWORD }, 'strategy')
  }

  test('portfolio: a duplicate is confirmed with a saving, a conflict rejected, and both are kept', async () => {
    await started()
    const { page } = office
    await go(office, '/desk/portfolio')
    assert.match(await main(page), /The supplier is late/)
    await look(office, 'portfolio')
    await go(office, '/desk/findings?kind=duplicate')
    assert.match(await main(page), /seem to do the same for the same people/)
    const waiting = await page.$$eval('.bl-finding', all => all.length)
    await page.click('.govuk-details__summary')
    await look(office, 'findings')
    await press(page, '.bl-finding form button')
    assert.match(await main(page), /Enter your reasons/)
    await look(office, 'findings-wrong')
    await page.click('#finding-1-answer')
    await page.type('#finding-1-reasons', 'Both forces say so.')
    await page.type('#finding-1-saving_yearly', '120,000')
    await page.type('#finding-1-saving_owner', 'Head of Digital')
    await press(page, '.bl-finding form button')
    assert.equal(await page.$$eval('.bl-finding', all => all.length), waiting - 1)
    await go(office, '/desk/findings?kind=duplicate&standing=confirmed')
    assert.match(await main(page), /Confirmed by Olive Office[\s\S]*Both forces say so/)
    await look(office, 'findings-confirmed')
    // With keys alone.
    await go(office, '/desk/findings?kind=conflict')
    assert.match(await main(page), /want the same team in the same weeks: Web team/)
    const before = await page.$$eval('.bl-finding', all => all.length)
    const keys = keyboard(page)
    await keys.to('.govuk-details__summary')
    await keys.press('Enter')
    await keys.to('#finding-1-answer')
    await keys.press('ArrowDown')
    await keys.fill('#finding-1-reasons', 'The team grows in March.')
    await keys.follow('.bl-finding form button')
    assert.equal(await page.$$eval('.bl-finding', all => all.length), before - 1)
    for (const kind of ['gap', 'conflict', 'synergy', 'quick-win']) {
      await go(office, `/desk/findings?kind=${kind}`)
      await look(office, `findings-${kind}`)
    }
    await go(office, '/desk/benefits')
    assert.match(await main(page), /Overdue: 50% of the way/)
    assert.match(await main(page), /£120,000/)
    await look(office, 'benefits')
  })

  test('portfolio: the roadmap is a picture, a table and a critical path', async () => {
    await started()
    const { page } = office
    await go(office, '/desk/roadmap')
    assert.ok(await page.$('.bl-picture svg.bl-roadmap'), 'the picture')
    const path = await page.$$eval('section[aria-labelledby=critical-path] tbody a', all => all.map(a => a.textContent))
    // Of the demonstration's own programme, whose end is later than that of what was written down here.
    assert.deepEqual(path, ['Regional cloud', 'Take direct links off the custody system', 'Clean records for analysis'])
    await look(office, 'roadmap')
    await page.select('#strategy', 'essex-2021')
    await press(page, '.bl-choices button')
    await look(office, 'roadmap-essex')
    const phone = await visitor({ width: PHONE })
    await signIn(phone, who('accountable-officer'), 'strategy')
    for (const place of ['roadmap', 'portfolio', 'benefits', 'findings?kind=gap']) {
      await go(phone, `/desk/${place}`)
      await look(phone, `phone-${place.split('?')[0]}`)
    }
    await phone.close()
  })

  test('portfolio: an idea is put down by anybody, and passes a gate by somebody else', async () => {
    await started()
    const officer = await visitor()
    await signIn(officer, who('contact-officer'), 'strategy')
    await go(officer, '/desk/ideas')
    await press(officer.page, 'main form button')
    await look(officer, 'ideas-wrong')
    await officer.page.type('#title', 'A lamp at the back door')
    await officer.page.type('#summary', 'People at the counter find the way.')
    await press(officer.page, 'main form button')
    assert.match(await main(officer.page), /A lamp at the back door[\s\S]*Due by/)
    await look(officer, 'ideas')
    await go(officer, '/desk/gates/a-lamp-at-the-back-door')
    assert.equal(await officer.page.$('main form'), null)
    await look(officer, 'gate-read')
    await officer.close()
    const chief = await visitor()
    await signIn(chief, who('accountable-officer'), 'strategy')
    await go(chief, '/desk/gates/a-lamp-at-the-back-door')
    await look(chief, 'gate')
    await press(chief.page, 'main form button')
    assert.match(await main(chief.page), /Choose what comes of it/)
    await look(chief, 'gate-wrong')
    await chief.page.click('#outcome')
    await chief.page.type('#reasons', 'People have fallen there.')
    await press(chief.page, 'main form button')
    assert.match(await main(chief.page), /Idea to Strategic outline case: Let through/)
    await look(chief, 'gate-decided')
    await go(chief, '/desk/gates/theft-portal')
    assert.match(await main(chief.page), /The supplier is late: 20 of at most 12/)
    await look(chief, 'gate-risk')
    await chief.close()
  })
}
