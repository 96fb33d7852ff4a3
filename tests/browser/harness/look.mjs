// Everything that must be true of every page, whatever it is about.

import { createRequire } from 'node:module'
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { HtmlValidate } from 'html-validate'
import { DESK, PHONE, ZOOMED } from './browser.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const SHOTS = fileURLToPath(new URL('../shots/', import.meta.url))
mkdirSync(SHOTS, { recursive: true })

/**
 * Findings of axe that are decisions of the GOV.UK Design System, each known there. An entry covers one rule on
 * the elements inside one selector. Nothing of our own belongs here.
 */
export const KNOWN_UPSTREAM = [
  {
    rule: 'aria-allowed-attr',
    selector: '.govuk-radios__input[aria-expanded], .govuk-checkboxes__input[aria-expanded]',
    why: 'a radio that opens a question says whether it is open: govuk-frontend issue 979'
  },
  {
    rule: 'region',
    selector: '.govuk-phase-banner, .govuk-back-link, .govuk-exit-this-page, .govuk-skip-link',
    why: 'these stand between the landmarks: govuk-frontend issue 1604'
  }
]

const markup = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  elements: ['html5'],
  rules: {
    // What the official components do on purpose, or what is of no consequence.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }],
    'no-redundant-role': 'off', // role="group" on a fieldset, for old screen readers
    'prefer-native-element': 'off', // a link that starts a service has the role of a button
    'no-trailing-whitespace': 'off',
    'long-title': 'off', // the title of a page is its question, as the Service Manual asks, and some are long
    'heading-level': ['error', { allowMultipleH1: false, minInitialRank: 'h2' }], // an error summary stands before the h1
    'no-dup-class': 'off', // the Ministry of Justice's search box names its class twice
    'tel-non-breaking': 'off', // a matter of style
    // The policy of the service forbids both, so that a slip here would break in the browser.
    'no-inline-style': 'error',
    'require-csp-nonce': 'error',
    'require-sri': 'off' // everything comes from the service itself
  }
})

/** What axe finds, each as one line, without what is known upstream. */
export async function axeFindings (page, known = KNOWN_UPSTREAM) {
  // With scripts off, the page has been read without them; switching them on now runs none of its own.
  const scripts = page.isJavaScriptEnabled()
  await page.setJavaScriptEnabled(true)
  try {
    await page.evaluate(AXE)
    return await page.evaluate(async (tags, known) => {
      const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
      const isKnown = (rule, target) => known.some(entry =>
        entry.rule === rule && document.querySelector(target)?.closest(entry.selector))
      return violations.flatMap(({ id, help, nodes }) => nodes
        .filter(({ target }) => !isKnown(id, target.at(-1)))
        .map(({ target, html }) => `axe ${id}: ${help}: ${target.join(' ')}\n    ${html.slice(0, 200)}`))
    }, TAGS, known)
  } finally {
    await page.setJavaScriptEnabled(scripts)
  }
}

/** Rules for pages under the service's policy; a page that stands alone as a file has its style within. */
const OF_THE_SERVICE = ['no-inline-style', 'require-csp-nonce']

/** What is wrong with the markup as it was sent, each as one line. */
export async function markupFindings (source, { standsAlone = false } = {}) {
  const report = await markup.validateString(source)
  return report.results.flatMap(result => result.messages)
    .filter(({ ruleId }) => !standsAlone || !OF_THE_SERVICE.includes(ruleId))
    .map(({ line, column, ruleId, message }) => `markup ${line}:${column}: ${message} (${ruleId})`)
}

/** What every page must have: a title, one first heading, a language, and words for a person. */
export async function pageFindings (page) {
  return page.evaluate(() => {
    const found = []
    if (!document.title.trim()) found.push('the page has no title')
    const headings = document.querySelectorAll('h1').length
    if (headings !== 1) found.push(`the page has ${headings} first headings, not one`)
    if (!document.documentElement.lang) found.push('the page does not say its language')
    const words = document.body.innerText
    for (const slip of ['undefined', '[object Object]', 'NaN', '{{', '{%', 'None\n']) {
      if (words.includes(slip)) found.push(`the page shows ${JSON.stringify(slip)} to a person`)
    }
    return found
  })
}

async function widthFindings (page, width) {
  const wide = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth, window: document.documentElement.clientWidth
  }))
  return wide.page > wide.window ? [`at ${width} px the page is ${wide.page} px wide and scrolls sideways`] : []
}

/**
 * Looks at the page that a visitor has before them as everybody else would: at three widths, with axe and a
 * checker of markup, and leaves a picture at 360 and at 1280 px under `name`. Throws with all that it finds.
 *
 * `limits` may have `requests` and `bytes`: what the page may cost on first sight. A page that `standsAlone` is a
 * file of its own, not a page of the service.
 */
export async function look (visitor, name, { limits = {}, known = KNOWN_UPSTREAM, standsAlone = false } = {}) {
  const { page } = visitor
  const findings = visitor.faults.splice(0)
  const weight = visitor.weight()
  const before = page.viewport()
  for (const [what, limit] of Object.entries(limits)) {
    if (weight[what] > limit) findings.push(`${weight[what]} ${what}, ${limit} at most`)
  }
  findings.push(...await pageFindings(page))
  findings.push(...await markupFindings(await visitor.source(), { standsAlone }))
  for (const width of [PHONE, DESK]) {
    await page.setViewport({ ...before, width })
    findings.push(...await widthFindings(page, width))
    findings.push(...(await axeFindings(page, known)).map(line => `at ${width} px, ${line}`))
    await page.screenshot({ path: `${SHOTS}${name}-${width}.png`, fullPage: true })
  }
  await page.setViewport({ ...before, width: ZOOMED })
  findings.push(...await widthFindings(page, ZOOMED))
  await page.setViewport(before)
  findings.push(...visitor.faults.splice(0))
  if (findings.length) throw new Error(`${name} (${page.url()}):\n${[...new Set(findings)].join('\n')}`)
  return weight
}
