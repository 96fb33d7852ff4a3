// Takes a version of an algorithm to officers by the API: assessed, advised on, tried, heard again, in a pilot. It goes no
// further before the pilot has used it. Each step is taken by the person who may.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

/** A token for a person of the made-up force. */
function token (binary, demo, username) {
  const issue = ['token', 'issue', username, '--purpose', 'governance', '--label', 'journey', '--data-dir', demo.dataDir]
  const told = spawnSync(binary, issue, { encoding: 'utf8' })
  assert.equal(told.status, 0, told.stderr)
  return told.stdout.trim()
}

export async function approve (binary, demo, algorithm, version) {
  const tokens = Object.fromEntries(['risk-lead', 'chief-officer', 'ethics-chair', 'ethics-member']
    .map(username => [username, token(binary, demo, username)]))
  const call = async (who, path, body) => {
    const answer = await fetch(`${demo.url}/api/v1/ethics${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${tokens[who]}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body)
    })
    const text = await answer.text()
    assert.ok(answer.ok, `${path}: ${answer.status} ${text}`)
    return text && JSON.parse(text)
  }
  const { entries } = await call('risk-lead', '')
  const named = entries.filter(e => `${e.kind}/${e.name}` === algorithm)
  const mine = named.find(e => e.version === version)
  const before = named.find(e => e.version !== version && e.state !== 'proposed')
  assert.ok(mine && before, `${algorithm} ${version} is not in the register beside one that was assessed`)
  const { dossier } = await call('risk-lead', `/${before.id}`)
  const { answers } = dossier.assessments[0]
  const at = `/${mine.id}`
  const today = new Date().toISOString().slice(0, 10)
  const soon = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  const step = (to, more = {}) => call('chief-officer', `${at}/phase`, { to, reasons: 'For the journey.', ...more })
  const heard = async point => {
    for (const member of ['ethics-chair', 'ethics-member']) {
      await call(member, `${at}/advice`, { point, advice: 'approve', reasons: 'For the journey.' })
    }
    await call('ethics-chair', `${at}/minutes`, { point, held_on: today, said: 'For the journey.' })
  }
  await call('risk-lead', `${at}/assessment`, { answers })
  await step('assessed')
  await heard('lab')
  await step('lab')
  const findings = answers['lab.criteria'].split('\n').map(criterion => ({ criterion, found: 'all', met: true }))
  await call('risk-lead', `${at}/lab-report`, { findings })
  await call('risk-lead', `${at}/opinion`, { given_by: 'A university', given_on: today, said: 'Go on.' })
  await step('lab-reported')
  await heard('operational')
  await step('pilot', { until: soon, volume: 1000 })
}
