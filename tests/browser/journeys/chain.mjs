// The chain from a commitment in the strategy to a benefit, and back: element, project, ethics, a definition's version, a
// decision that departs from it, a complaint about it, and the benefit that answers it. One person, one purpose, by links.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const main = page => page.$eval('main', e => e.textContent)

export default ({ browser, binary }) => {
  test('chain: from a commitment to a complaint and a benefit, and back', async () => {
    const demo = await startDemo(binary)
    tidy(() => demo.stop())
    const token = (username, purpose) => {
      const words = ['token', 'issue', username, '--purpose', purpose, '--label', 'chain', '--data-dir', demo.dataDir]
      const told = spawnSync(binary, words, { encoding: 'utf8' })
      assert.equal(told.status, 0, told.stderr)
      return told.stdout.trim()
    }
    const api = async (path, bearer, body) => {
      const answer = await fetch(`${demo.url}/api/v1${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body)
      })
      const text = await answer.text()
      assert.ok(answer.ok, `${path}: ${answer.status} ${text}`)
      return JSON.parse(text)
    }

    // An officer grades a burglary above what was proposed; somebody complains about it; a benefit answers that.
    const officer = token('contact', 'contact')
    const { items } = await api('/reports?form=burglary', officer)
    let report
    for (const item of items) {
      const held = await api(`/reports/${item.id}`, officer)
      const { grades, floor } = held.assessment ?? {}
      if (floor && floor !== grades.at(-1) && !held.decisions.length) report = { ...held, item }
    }
    assert.ok(report, 'a burglary that is not proposed as the gravest')
    const { assessment } = report
    const proposed = report.assessments.flatMap(one => one.actions.map((_, place) => (
      { definition: one.definition, place, answer: 'refuse', reason: 'Is done by the case.' })))
    await api(`/reports/${report.item.id}/decision`, officer, {
      version: report.item.version, outcome: 'close', grade: assessment.grades.at(-1), reasons: 'The neighbours are afraid.', actions: proposed
    })
    const complaint = await api('/complaints', null, {
      contact_by: 'nothing', contact_safe: false, about: 'decision', report_reference: report.item.reference,
      algorithm: 'definition/burglary', algorithm_version: assessment.version, told: 'Nobody asked me.', wanted: 'Ask me.',
      complainant: '', contact: ''
    })
    await api('/registers/benefit', token('programme-office', 'strategy'), {
      code: 'asked-first',
      body: {
        title: 'People are asked before a report is closed', item: 'online-reporting', sort: 'qualitative', measure: 'Answers to a question',
        owner: 'Head of Contact', elements: ['national-2020:A1.1'], algorithms: ['definition/burglary'], complaints: [complaint.reference]
      }
    })

    const chief = await newVisitor(browser, { origin: demo.url, javascript: false })
    const { page } = chief
    await signIn(chief, demo.staff.find(person => person.roles.includes('accountable-officer')), 'strategy')
    /** Follows the first link of the page's own part that leads to such an address. */
    const follow = async start => {
      const link = await page.$(`main a[href^="${start}"]`)
      assert.ok(link, `${page.url()} has no link to ${start}`)
      const href = await link.evaluate(e => e.getAttribute('href'))
      const answer = await page.goto(new URL(href, page.url()).href, { waitUntil: 'load' })
      assert.equal(answer.status(), 200, href)
    }
    await page.goto(`${demo.url}/desk/strategy/national-2020/A1.1`)
    await look(chief, 'chain-element')
    await follow('/desk/registers/item/online-reporting')
    await look(chief, 'chain-item')
    await follow('/desk/ethics/definition/burglary')
    await look(chief, 'chain-ethics')
    await follow('/desk/definitions/burglary/')
    await follow('/desk/graded?definition=burglary')
    await look(chief, 'chain-decisions')
    assert.match(await main(page), /departed from the proposal/)
    const row = await page.$$eval('main tbody tr', (rows, reference) => rows.find(r => r.textContent.includes(reference))
      .querySelector('a').getAttribute('href'), report.item.reference)
    await page.goto(`${demo.url}${row}`)
    assert.match(await main(page), /Above the proposal/)
    await look(chief, 'chain-decision')
    await follow('/desk/graded/complaints/')
    await look(chief, 'chain-complaint')
    await follow('/desk/registers/benefit/asked-first')
    await look(chief, 'chain-benefit')

    // And back.
    await follow(`/desk/graded/complaints/${complaint.reference}`)
    await follow('/desk/graded?report=')
    await follow('/desk/graded/')
    await follow('/desk/definitions/burglary/')
    await follow('/desk/ethics/definition/burglary')
    await follow('/desk/registers/item/online-reporting')
    await follow('/desk/strategy/national-2020/A1.1')
    await chief.close()
  })
}
