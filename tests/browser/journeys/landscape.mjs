// The landscape of applications as the programme office works with it: a file with faults, a sound one, what is found in
// it, and a disposition that a person sets.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { look } from '../harness/look.mjs'
import { press, put, signIn } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

const SURVEY = `Landscape review,,,,,,,,,,
Police force,System name,Vendor,Capability,No. of users,Hosting,Annual cost (£),Change cost,Contract end date,Integrations,Front end,Legacy
Borset,CaseWorks v6.2,Larkfield Ltd,C03; C02,"1,200",on-premise,"£350,000",40000,31/03/2029,Old Custody (direct),yes,no
Mereshire,Case Works,Larkfield Limited,C03,900,SaaS,310k,,30/06/2029,,yes,no
Borset,Old Custody,Stonegate,Investigation,300,on-premise,80000,,31/12/2026,,no,yes
Borset,Insight Board,Viewpoint plc,C07,60,SaaS,25000,,31/12/2028,,no,no
Borset,Figures Desk,Otherwise,C07,15,on-premise,9000,,28/02/2027,,no,no
Mereshire,Idea Box,,C09,c. 800,,5000,,,,yes,no
`
const LEVELS = `Force,Capability,Maturity now,Maturity target
Borset,C07,2,4
Borset,C03,3,3
Mereshire,C03,3,4
`

const main = page => page.$eval('main', e => e.textContent)
const TAKE = 'form[action$="/import/confirm"] button'
const SHOW = 'form[enctype] button'

export default ({ browser, binary }) => {
  test('landscape: a survey is looked at, put right, taken, and what is found in it is worked on', async () => {
    const demo = await startDemo(binary)
    tidy(() => demo.stop())
    const folder = mkdtempSync(join(tmpdir(), 'bluelamp-landscape-'))
    tidy(() => rmSync(folder, { recursive: true, force: true }))
    const file = (name, text) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const office = await newVisitor(browser, { origin: demo.url, javascript: false })
    const { page } = office
    await signIn(office, demo.staff.find(person => person.roles.includes('programme-office')), 'strategy')
    await page.goto(`${demo.url}/desk/landscape`)
    assert.doesNotMatch(await main(page), /CaseWorks/)
    await look(office, 'landscape-before')

    const choose = async path => {
      await page.goto(`${demo.url}/desk/landscape/import`)
      await (await page.$('input[type=file]')).uploadFile(path)
      await press(page, SHOW)
    }
    await page.goto(`${demo.url}/desk/landscape/import`)
    await look(office, 'landscape-import')
    await press(page, SHOW)
    assert.match(await main(page), /Choose a file/)
    await choose(file('wrong.csv', SURVEY.replace('310k', 'lots').replace('SaaS', 'the moon')))
    assert.match(await main(page), /The file has 2 faults/)
    assert.match(await main(page), /'lots' is not an amount in pounds/)
    await look(office, 'landscape-faults')

    await choose(file('survey.csv', SURVEY))
    assert.match(await main(page), /What will come of survey.csv/)
    assert.match(await main(page), /it is an estimate/)
    await look(office, 'landscape-preview')
    await press(page, TAKE)
    assert.match(await main(page), /6 applications taken up/)
    await look(office, 'landscape-taken')
    await choose(file('levels.csv', LEVELS))
    await press(page, TAKE)

    await page.goto(`${demo.url}/desk/landscape`)
    const found = await main(page)
    for (const words of [/CaseWorks v6.2 and 1 more, in 2 forces/, /Figures Desk/, /Larkfield/, /Old Custody/]) {
      assert.match(found, words)
    }
    await look(office, 'landscape')
    await put(page, 'q', 'custody')
    await press(page, 'form[action^="/desk/landscape"][method=get] button')
    assert.match(await main(page), /Old Custody/)
    await page.goto(`${demo.url}/desk/landscape/capabilities`)
    assert.match(await main(page), /2 now, target 4/)
    await look(office, 'landscape-capabilities')

    await page.goto(`${demo.url}/desk/landscape/applications/borset--old-custody`)
    assert.match(await main(page), /It is a legacy system\./)
    await look(office, 'landscape-application')
    const set = 'form[action*="/applications/"] button'
    await page.click('input[name=what][value=eliminate]')
    await press(page, set)
    assert.match(await main(page), /Enter the day by which it has moved or is switched off/)
    await look(office, 'landscape-application-wrong')
    await page.click('input[name=what][value=eliminate]')
    await put(page, 'by', '2027-06-30')
    await put(page, 'reason', 'Custody Plus takes over.')
    await press(page, set)
    assert.match(await main(page), /Eliminate, by 30 June 2027/)
    await look(office, 'landscape-application-set')
    await office.close()
  })
}
