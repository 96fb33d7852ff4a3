// The pages that `bluelamp link` writes: each stands alone, and must be readable by everybody all the same.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newVisitor } from '../harness/browser.mjs'
import { look } from '../harness/look.mjs'
import { test, tidy } from '../harness/suite.mjs'

const FIRST = ['Ada', 'Bertram', 'Cressida', 'Dunstan', 'Elspeth', 'Fergus', 'Gwenllian', 'Horatio', 'Imogen', 'Jago']
const LAST = ['Appleby', 'Brackenbury', 'Cholmondeley', 'Dalrymple', 'Entwistle', 'Fothergill', 'Grimshaw', 'Haverford']

const MODEL = `
blocking = ["surname, dob", "first_name, dob", "phone"]
[[compare]]
column = "first_name"
as = "name"
[[compare]]
column = "surname"
as = "name"
[[compare]]
column = "dob"
as = "date_of_birth"
[[compare]]
column = "phone"
as = "phone"
`

/** Three hundred made-up people, every second of them twice, with a slip the second time. */
function records () {
  const lines = ['unique_id,cluster,first_name,surname,dob,phone,sex']
  const line = (id, person, slip) => {
    const first = FIRST[person % FIRST.length]
    const last = LAST[Math.floor(person / 7) % LAST.length]
    const dob = `19${40 + person % 60}-0${1 + person % 9}-1${person % 10}`
    const phone = slip && person % 3 === 0 ? '' : `07700 900${String(person).padStart(3, '0')}`
    lines.push(`${id},${person},${slip ? first.slice(0, -1) : first},${last},${dob},${phone},${person % 2 ? 'F' : 'M'}`)
  }
  for (let person = 0; person < 300; person++) {
    line(2 * person, person, false)
    if (person % 2 === 0) line(2 * person + 1, person, true)
  }
  return lines.join('\n') + '\n'
}

export default function linkReports ({ browser, binary }) {
  const folder = mkdtempSync(join(tmpdir(), 'bluelamp-link-'))
  const at = name => join(folder, name)
  const server = createServer((request, response) => {
    const page = /^\/[a-z]+\.html$/.test(request.url)
    response.writeHead(page ? 200 : 204, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page ? readFileSync(at(request.url.slice(1))) : undefined)
  })
  tidy(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  function link (...words) {
    const done = spawnSync(binary, ['link', ...words], { encoding: 'utf8' })
    assert.equal(done.status, 0, `bluelamp link ${words.join(' ')}:\n${done.stdout}\n${done.stderr}`)
  }

  test('the pages of record linkage stand alone and can be read by everybody', async () => {
    writeFileSync(at('people.csv'), records())
    writeFileSync(at('model.toml'), MODEL)
    const input = ['--input', at('people.csv')]
    link('train', '--settings', at('model.toml'), ...input, '--deterministic', 'l.phone = r.phone', '--recall', '0.7',
      '--em', 'l.surname = r.surname', '--em', 'l.dob = r.dob', '--out', at('model.json'), '--report', at('train.html'))
    link('predict', '--model', at('model.json'), ...input, '--out', at('run'), '--report', at('pairs.html'))
    link('cluster', '--pairs', at('run/pairs.parquet'), ...input, '--out', at('clusters.parquet'))
    link('evaluate', '--clusters', at('clusters.parquet'), ...input, '--truth-column', 'cluster', '--group-column', 'sex',
      '--pairs', at('run/pairs.parquet'), '--report', at('evaluation.html'))
    link('explain', '--model', at('model.json'), ...input, '0', '1', '--report', at('pair.html'))

    const origin = await new Promise(resolve => server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${server.address().port}`)))
    const visitor = await newVisitor(browser, { origin, javascript: false })
    try {
      for (const name of ['train', 'pairs', 'evaluation', 'pair']) {
        await visitor.page.goto(`${origin}/${name}.html`, { waitUntil: 'load' })
        await look(visitor, `link-${name}`, { limits: { requests: 2 }, standsAlone: true })
      }
    } finally {
      await visitor.close()
    }
  })
}
