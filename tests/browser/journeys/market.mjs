// Skills, market, challenges and the Service Standard, as the programme office, a lead and the public see them.

import assert from 'node:assert/strict'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, put, signIn } from '../harness/steps.mjs'
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

  test('market: the office reads skills, the radar and the services', async () => {
    await started()
    const office = await visitor()
    const { page } = office
    await signIn(office, who('programme-office'), 'strategy')
    await page.goto(`${demo.url}/desk/skills`)
    assert.match(await main(page), /missing/)
    await look(office, 'skills')
    await page.goto(`${demo.url}/desk/market`)
    assert.match(await main(page), /18 signals/)
    await look(office, 'market')

    // Every disc can be reached and leads to its row.
    const discs = await page.$$eval('.bl-radar a', all => all.map(a => a.getAttribute('href')))
    assert.equal(discs.length, 18)
    await page.$eval('.bl-radar a', e => e.focus())
    await page.keyboard.press('Enter')
    assert.equal(new URL(page.url()).hash, discs[0])

    // A signal becomes a proposal in one step.
    const form = 'form[action="/desk/market/quantum-safe"]'
    await press(page, `${form} button`)
    assert.match(await page.$eval('#signal-quantum-safe', e => e.textContent), /quantum-safe-signatures/)
    await page.goto(`${demo.url}/desk/services`)
    await look(office, 'services')
    await page.goto(`${demo.url}/desk/services/bluelamp`)
    await look(office, 'service-bluelamp')
    await page.goto(`${demo.url}/desk/challenges`)
    await look(office, 'challenges')
    await page.goto(`${demo.url}/desk/challenges/words-of-warning`)
    await press(page, 'form[action$="/entry"] button')
    assert.match(await main(page), /Enter who sent it/)
    await look(office, 'challenge-entry-wrong')
    await office.close()
  })

  test('market: a second scorer scores without names, and somebody else decides', async () => {
    await started()
    const here = `${demo.url}/desk/challenges/redact-faster`
    const supervisor = await visitor()
    const { page } = supervisor
    await signIn(supervisor, who('supervisor'), 'strategy')
    await page.goto(here)
    assert.doesNotMatch(await main(page), /Quillfield/)
    await page.$$eval('details', all => { for (const one of all) one.open = true })
    for (const n of [0, 1, 2]) {
      await page.select(`[name="redact-faster-01-score-${n}"]`, '4')
      await put(page, `redact-faster-01-reason-${n}`, 'Saves weeks.')
    }
    await look(supervisor, 'challenge-scoring')
    await press(page, 'form[action$="/score"] button')
    assert.match(await main(page), /You have scored it/)
    await supervisor.close()

    const chief = await visitor()
    await signIn(chief, who('accountable-officer'), 'strategy')
    await chief.page.goto(here)
    await look(chief, 'challenge-deciding')
    await chief.page.$$eval('details', all => { for (const one of all) one.open = true })
    await chief.page.click('input[type=radio][name=entry][value=redact-faster-01]')
    await put(chief.page, 'reasons', 'Hours instead of weeks, and an officer looks at what is doubtful.')
    await press(chief.page, 'form[action$="/award"] button')
    assert.match(await main(chief.page), /Quillfield Robotics/)
    await look(chief, 'challenge-awarded')
    await chief.close()

    const anybody = await visitor()
    await anybody.page.goto(`${demo.url}/challenges`)
    assert.match(await main(anybody.page), /Awarded to Quillfield Robotics/)
    await look(anybody, 'challenges-public')
    await anybody.page.goto(`${demo.url}/service-standard`)
    assert.match(await main(anybody.page), /Nobody has assessed it from outside/)
    await look(anybody, 'service-standard')
    await anybody.close()
  })
}
