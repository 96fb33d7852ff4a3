// Starts the product as a person would, with its made-up force in a new folder, and stops it again.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const START = 60_000
const STOP = 15_000

/**
 * Runs `bluelamp demo` and resolves when it serves, with what its one JSON line says (`url`, `staff`, …), its
 * `dataDir`, and `stop`, which fails where the program does not end by itself when it is asked to.
 */
export async function startDemo (binary) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bluelamp-demo-'))
  const child = spawn(binary, ['demo', '--data-dir', dataDir, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let log = ''
  child.stderr.on('data', part => { log = (log + part).slice(-20_000) })
  const ended = new Promise(resolve => {
    child.on('error', error => resolve(`could not be started: ${error.message}`))
    child.on('exit', (code, signal) => resolve(signal ?? code))
  })
  const line = await Promise.race([
    new Promise(resolve => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then(how => { throw new Error(`bluelamp demo ended (${how}) before it served:\n${log}`) }),
    new Promise((resolve, reject) => setTimeout(
      () => reject(new Error(`bluelamp demo said nothing for ${START / 1000} s:\n${log}`)), START).unref())
  ]).catch(error => {
    child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  })

  async function stop () {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP)
    const how = await ended
    clearTimeout(late)
    rmSync(dataDir, { recursive: true, force: true })
    if (how !== 0) throw new Error(`bluelamp demo did not stop in order (${how}):\n${log}`)
  }
  return { ...JSON.parse(line), dataDir, log: () => log, stop }
}
