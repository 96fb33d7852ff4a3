// The main job, as people do it: a report by somebody without JavaScript, a decision, a case, a package.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newVisitor } from '../harness/browser.mjs'
import { startDemo } from '../harness/demo.mjs'
import { keyboard } from '../harness/keyboard.mjs'
import { look } from '../harness/look.mjs'
import { FIRST_VIEW, choosePurpose, follow, press, put, report, signIn, until } from '../harness/steps.mjs'
import { test, tidy } from '../harness/suite.mjs'

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

  for (const form of ['antisocial-behaviour', 'cyber-harassment']) {
    test(`a report by the form ${form} reaches its receipt without JavaScript`, async () => {
      await started()
      const citizen = await visitor()
      const receipt = await report(citizen, form)
      assert.match(await follow(citizen, receipt), /Received/)
      await citizen.close()
    })
  }

  test('the pages that anybody can open', async () => {
    await started()
    for (const javascript of [false, true]) {
      const citizen = await visitor({ javascript })
      for (const [name, path] of [['home', '/'], ['choose', '/report'], ['track', '/track'], ['algorithms', '/algorithms'],
        ['definitions-public', '/definitions'], ['definition-public', '/definitions/burglary'],
        ['accessibility', '/accessibility'], ['privacy', '/privacy'], ['sign-in', '/sign-in'], ['not-found', '/no-such-page']]) {
        await citizen.page.goto(demo.url + path)
        await look(citizen, `${name}${javascript ? '-script' : ''}`, { limits: name === 'home' ? FIRST_VIEW : {} })
      }
      await citizen.close()
    }
  })

  test('errors are said at the top and at the field', async () => {
    await started()
    const citizen = await visitor()
    await citizen.page.goto(`${demo.url}/report/burglary/q/emergency`)
    await press(citizen.page)
    assert.match(await citizen.page.title(), /^Error:/)
    await look(citizen, 'error')
    await citizen.close()
  })

  test('the first pages can be walked by keyboard alone', async () => {
    await started()
    const citizen = await visitor({ javascript: true })
    await citizen.page.goto(`${demo.url}/report/burglary`)
    const keys = keyboard(citizen.page)
    await keys.follow('a.govuk-button--start')
    await keys.choose('input[name=emergency][value=no]')
    await keys.follow('main form button')
    await keys.choose('input[name=suspect_on_scene][value=no]')
    await keys.follow('main form button')
    assert.match(citizen.page.url(), /anyone-hurt$/)
    assert.deepEqual(citizen.faults, [])
    await citizen.close()
  })

  test('the main job: report, assess, match, decide, case, hand over', async () => {
    await started()
    const citizen = await visitor()
    const receipt = await report(citizen, 'burglary')

    const officer = await visitor()
    await signIn(officer, who('contact-officer'), 'contact')
    await look(officer, 'queue')
    await officer.page.goto(`${demo.url}/desk/reports?reference=${receipt.reference}`)
    const href = await officer.page.$eval('main table a[href^="/desk/reports/"]', a => a.href)
    await until(officer, href, text => text.includes('Proposal') && !text.includes('Being assessed'))
    await look(officer, 'report')
    // Nothing is chosen for her, and nothing goes through without reasons.
    await press(officer.page, '.bl-decide__form button[type=submit], .bl-decide__form button:not([type])')
    await look(officer, 'report-errors')
    await put(officer.page, 'grade', 'HIGH')
    await put(officer.page, 'reasons', 'House keys were taken from a home; somebody may come back tonight.')
    await put(officer.page, 'outcome', 'open-case')
    await put(officer.page, 'accept_all', 'yes')
    await put(officer.page, 'message', 'An officer will call you this morning.')
    await press(officer.page, '.bl-decide__form button[type=submit], .bl-decide__form button:not([type])')
    assert.match(officer.page.url(), /\/desk\/cases\//)
    const caseUrl = officer.page.url()
    await officer.close()

    assert.match(await follow(citizen, receipt), /An officer will call you this morning\./)
    await look(citizen, 'tracked')
    await citizen.close()

    const investigator = await visitor()
    const { page } = investigator
    await signIn(investigator, who('investigator'), 'investigation')
    await page.goto(caseUrl)
    await look(investigator, 'case')
    const folder = mkdtempSync(join(tmpdir(), 'bluelamp-hand-over-'))
    tidy(() => rmSync(folder, { recursive: true, force: true }))
    const footage = join(folder, 'doorbell.txt')
    writeFileSync(footage, 'Frame by frame, what the doorbell saw.\n')
    await page.$eval('form[action$="/evidence"]', form => form.closest('details')?.setAttribute('open', ''))
    await put(page, 'exhibit', 'NO/7')
    await put(page, 'description', 'Log of the doorbell next door')
    await put(page, 'origin', 'Given by the neighbour')
    await (await page.$('input[type=file]')).uploadFile(footage)
    await press(page, 'form[action$="/evidence"] button')
    assert.match(await page.$eval('main', e => e.textContent), /NO\/7/)

    await choosePurpose(investigator, 'disclosure')
    await page.goto(caseUrl)
    await put(page, 'recipient', 'CPS Borsetshire')
    await press(page, 'form[action$="/package"] button')
    await look(investigator, 'case-handed-over')
    const made = await page.$$eval('.bl-package pre', all => all.map(e => e.textContent.trim()))
    await investigator.close()

    const key = join(folder, 'log.key')
    writeFileSync(key, await (await fetch(`${demo.url}/log/key`)).text())
    const verify = () => spawnSync(binary, ['verify', made[0], '--key-file', key], { encoding: 'utf8' })
    const sound = verify()
    assert.equal(sound.status, 0, sound.stdout + sound.stderr)
    appendFileSync(join(made[0], 'data', 'case.json'), ' ')
    const changed = verify()
    assert.equal(changed.status, 1, changed.stdout + changed.stderr)
  })

  test('the pages of the other roles', async () => {
    await started()
    for (const [role, purpose, name, path] of [
      ['auditor', 'oversight', 'log', '/desk/log'],
      ['administrator', 'administration', 'accounts', '/desk/accounts'],
      ['supervisor', 'contact', 'purpose', '/desk/purpose'],
      ['supervisor', 'contact', 'cases', '/desk/cases'],
      ['supervisor', 'contact', 'reviews', '/desk/reviews'],
      ['supervisor', 'contact', 'quality', '/desk/quality'],
      ['risk-lead', 'governance', 'definitions', '/desk/definitions'],
      ['risk-lead', 'governance', 'definition-history', '/desk/definitions/burglary'],
      ['risk-lead', 'governance', 'definition', '/desk/definitions/domestic-abuse/1.0.0'],
      ['accountable-officer', 'governance', 'algorithms-switches', '/desk/algorithms']
    ]) {
      const person = await visitor()
      await signIn(person, who(role), purpose)
      await person.page.goto(demo.url + path)
      await look(person, name)
      await person.close()
    }
  })
}
