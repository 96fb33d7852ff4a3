// Complaints and fairness as people meet them: complain without a script, follow it, have it looked into, be answered.

import assert from 'node:assert/strict'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { FIRST_VIEW, press, put, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const main = page => page.$eval('main', e => e.textContent)

/** Opens whatever hides a field, as a person would who looks for it. */
const open = (page, selector) => page.$eval(selector, e => {
  for (let up = e.closest('details'); up; up = up.parentElement?.closest('details')) up.open = true
})

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

  test('redress: a complaint without a script, an independent reviewer, an answer, a correction', async () => {
    await started()
    const citizen = await visitor()
    const { page } = citizen
    await page.goto(`${demo.url}/complain`)
    await look(citizen, 'complain', { limits: { ...FIRST_VIEW, bytes: 60_000 } })
    await press(page)
    assert.match(await page.title(), /^Error:/)
    await look(citizen, 'complain-wrong')
    await put(page, 'about', 'decision')
    await put(page, 'told', 'My report was closed, and nobody had asked me.')
    await put(page, 'wanted', 'Look at it again.')
    await put(page, 'complainant', 'Joanna Example')
    await put(page, 'contact_by', 'post')
    await put(page, 'contact_post', '1 Example Street')
    await press(page)
    await look(citizen, 'complain-sent')
    const text = selector => page.$eval(selector, e => e.textContent.trim())
    const receipt = { reference: await text('.govuk-panel__body strong'), code: await text('.bl-code') }
    const follow = async name => {
      await page.goto(`${demo.url}/complain/track`)
      await look(citizen, 'complain-track')
      await put(page, 'reference', receipt.reference)
      await put(page, 'code', receipt.code.toLowerCase())
      await press(page)
      await look(citizen, name)
      return main(page)
    }
    assert.match(await follow('complain-received'), /To be acknowledged by/)

    const officer = await visitor()
    await signIn(officer, who('complaints-officer'), 'redress')
    await officer.page.goto(`${demo.url}/desk/complaints`)
    await look(officer, 'complaints')
    const href = `${demo.url}/desk/complaints/${receipt.reference}`
    await officer.page.goto(href)
    await look(officer, 'complaint-received')
    const act = (visitor, deed) => press(visitor.page, `form[action$="/${deed}"] button`)
    await act(officer, 'acknowledge')
    await act(officer, 'assign')
    await look(officer, 'complaint-assign-wrong')
    await officer.page.click('input[name=reviewer]')
    await put(officer.page, 'chain', 'contact')
    await act(officer, 'assign')
    await look(officer, 'complaint-under-review')

    const reviewer = await visitor()
    await signIn(reviewer, who('independent-reviewer'), 'redress')
    await reviewer.page.goto(`${demo.url}/desk/complaints`)
    assert.match(await main(reviewer.page), new RegExp(receipt.reference))
    await reviewer.page.goto(href)
    await look(reviewer, 'complaint-reviewer')
    await act(reviewer, 'find')
    await look(reviewer, 'complaint-find-wrong')
    await reviewer.page.click('input[name=finding][value=upheld]')
    await reviewer.page.click('input[name=outcomes][value=correct]')
    await put(reviewer.page, 'reasons', 'Nobody asked, and the answer would have changed the grade.')
    await open(reviewer.page, '[name="recipient-1-name"]')
    await put(reviewer.page, 'recipient-1-name', 'Borsetshire Council')
    await put(reviewer.page, 'recipient-1-received', 'The address and the grade')
    await put(reviewer.page, 'recipient-1-on', '2026-11-20')
    await act(reviewer, 'find')
    assert.match(await main(reviewer.page), /What was found: Upheld/)
    await reviewer.close()

    await officer.page.goto(href)
    await look(officer, 'complaint-found')
    await act(officer, 'sent')
    await act(officer, 'confirmed')
    await put(officer.page, 'note', 'You were right: we should have asked you.')
    await act(officer, 'answer')
    await look(officer, 'complaint-answered')
    await officer.page.goto(`${demo.url}/desk/complaints/new`)
    await look(officer, 'complaint-new')
    await officer.close()

    const answered = await follow('complain-answered')
    assert.match(answered, /You were right: we should have asked you/)
    assert.match(answered, /Information Commissioner/)
    await page.goto(`${demo.url}/complaints`)
    await look(citizen, 'complaint-figures')
    await citizen.close()
  })

  test('fairness: a scored file is told of, kept, and summed up for the public', async () => {
    await started()
    const lead = await visitor()
    const { page } = lead
    await signIn(lead, who('risk-lead'), 'governance')
    await page.goto(`${demo.url}/desk/fairness`)
    await look(lead, 'fairness')
    const rows = ['sex,age,flagged,outcome,score']
    for (let n = 0; n < 400; n++) {
      rows.push([n % 2 ? 'Female' : 'Male', n % 3 ? '18 to 34' : '35 and over', n % 4 === 0 ? 1 : 0, n % 5 < 2 ? 1 : 0, (n % 10) / 10].join())
    }
    rows.push('Another,18 to 34,1,1,0.9', ',18 to 34,0,1,0.2')
    const fill = async make => {
      await page.$eval('#pasted', (e, text) => { e.value = text }, rows.join('\n'))
      for (const [name, value] of Object.entries({ group: 'sex, age', label: 'outcome', predicted: 'flagged', score: 'score', algorithm: 'burglary', version: '1.0.0', title: 'A made-up quarter' })) {
        await put(page, name, value)
      }
      await page.click('input[name=pairs]')
      await page.click(`input[name=make][value=${make}]`)
      await press(page, 'form[enctype] button')
    }
    await press(page, 'form[enctype] button')
    await look(lead, 'fairness-wrong')
    await page.goto(`${demo.url}/desk/fairness`)
    await fill('show')
    assert.match(await main(page), /By sex and age/)
    await page.$$eval('details', all => all.forEach(d => { d.open = true }))
    await look(lead, 'fairness-report')
    await page.goto(`${demo.url}/desk/fairness`)
    await fill('keep')
    await look(lead, 'fairness-kept')
    const kept = page.url()
    await lead.close()
    const committee = await visitor()
    await signIn(committee, who('ethics-committee'), 'governance')
    await committee.page.goto(`${kept}?show=summary`)
    await look(committee, 'fairness-to-publish')
    await press(committee.page, 'form[action$="/publish"] button')
    assert.match(await main(committee.page), /Published .* by/)
    await look(committee, 'fairness-published')
    await committee.close()
    const citizen = await visitor()
    await citizen.page.goto(`${demo.url}/fairness`)
    await look(citizen, 'fairness-public')
    await Promise.all([citizen.page.waitForNavigation(), citizen.page.click('main a[href^="/fairness/"]')])
    assert.match(await main(citizen.page), /not shown/)
    await look(citizen, 'fairness-summary')
    await citizen.close()
  })
}
