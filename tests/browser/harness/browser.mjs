// Chromium, and a page that remembers what went wrong on it.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'

/** The two widths at which every page is looked at, and the one that a 400 % zoom leaves of a desktop. */
export const PHONE = 360
export const DESK = 1280
export const ZOOMED = 320

const HEIGHT = 800

function findChromium () {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const name of names) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    } catch {
      // The next one, then.
    }
  }
  throw new Error(`no browser: none of ${names.join(', ')} is here. Run scripts/setup, or name one in CHROMIUM`)
}

/** A browser with a new, empty profile. It asks nobody anything but the pages under test. */
export async function startBrowser () {
  const profile = mkdtempSync(join(tmpdir(), 'bluelamp-browser-'))
  const browser = await puppeteer.launch({
    executablePath: findChromium(),
    userDataDir: profile,
    args: [
      // Chromium's own sandbox does not work for root, as whom build servers often run.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update', '--disable-default-apps',
      '--force-device-scale-factor=1', '--font-render-hinting=none', '--lang=en-GB'
    ]
  })
  return {
    browser,
    stop: async () => {
      await browser.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    }
  }
}

/**
 * A page of a person nobody has seen before: no cookies, an empty cache.
 *
 * `origin` is where the service is: a request to any other place is a fault. With `javascript` false no script
 * of the page runs. The result has puppeteer's `page`, the list of `faults` so far, and
 * `weight()`: requests and bytes as they went over the wire since the last navigation began;
 * `source()`: the last document as it was sent, before the browser mended it;
 * `close()`.
 */
export async function newVisitor (browser, { origin, javascript = true, width = DESK }) {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  await page.setJavaScriptEnabled(javascript)
  await page.setViewport({ width, height: HEIGHT })
  page.setDefaultTimeout(15_000)

  const faults = []
  const documents = new Map()
  let source = Promise.resolve('')
  let weight = { requests: 0, bytes: 0 }

  const wire = await page.createCDPSession()
  await wire.send('Network.enable')
  wire.on('Network.requestWillBeSent', ({ request, type, redirectResponse }) => {
    // A redirected request keeps its id: the steps of one navigation belong together.
    if (type === 'Document' && !redirectResponse) weight = { requests: 0, bytes: 0 }
    if (/^(data|blob|about):/.test(request.url)) return
    weight.requests++
    if (new URL(request.url).origin !== new URL(origin).origin) {
      faults.push(`a request to somebody else: ${request.url}`)
    }
  })
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => { weight.bytes += encodedDataLength })

  // Chromium tells of a blocked style or script, and of anything else that breaks the policy, as an issue.
  await wire.send('Audits.enable')
  wire.on('Audits.issueAdded', ({ issue }) => {
    const found = issue.details.contentSecurityPolicyIssueDetails
    if (found) {
      faults.push(`content security policy: ${found.violatedDirective} ${found.blockedURL ?? ''}`.trim())
    }
  })

  page.on('pageerror', error => faults.push(`script error: ${error.message}`))
  page.on('console', message => {
    if (!['error', 'warn'].includes(message.type())) return
    // A page that says what is missing is sent with status 422: an answer, not a fault.
    const url = message.location().url
    if (message.text().startsWith('Failed to load resource') && documents.has(url)) return
    if (message.text().includes('Content Security Policy')) return // counted as an issue above
    faults.push(`console: ${message.text()} ${url ?? ''}`.trim())
  })
  page.on('response', response => {
    if (response.request().resourceType() !== 'document') return
    documents.set(response.url(), response.status())
    if (response.status() >= 500) faults.push(`${response.url()} answered ${response.status()}`)
    if (response.status() < 300 || response.status() >= 400) source = response.text().catch(() => '')
  })

  return {
    page,
    origin,
    faults,
    weight: () => ({ ...weight }),
    source: () => source,
    status: () => documents.get(page.url().split('#')[0]),
    close: () => context.close()
  }
}
