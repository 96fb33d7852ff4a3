// The browser tests: `node run.mjs PATH_OF_THE_BINARY [WORDS_OF_A_TITLE]`, or `make test` at the top of the repository.
// Pictures of every page, at 360 and 1280 px, are left in shots/.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBrowser } from './harness/browser.mjs'
import { runAll, tidy } from './harness/suite.mjs'
import assessment from './journeys/assessment.mjs'
import ethics from './journeys/ethics.mjs'
import chain from './journeys/chain.mjs'
import decisions from './journeys/decisions.mjs'
import harness from './journeys/harness.mjs'
import landscape from './journeys/landscape.mjs'
import linkReports from './journeys/link-reports.mjs'
import mainJob from './journeys/main-job.mjs'
import market from './journeys/market.mjs'
import portfolio from './journeys/portfolio.mjs'
import strategy from './journeys/strategy.mjs'
import redress from './journeys/redress.mjs'
import triage from './journeys/triage.mjs'

const binary = resolve(process.argv[2] ?? fileURLToPath(new URL('../../target/debug/bluelamp', import.meta.url)))
if (!existsSync(binary)) {
  console.error(`${binary} is not there: run cargo build, or say where the binary is`)
  process.exit(2)
}

const chromium = await startBrowser()
tidy(chromium.stop)
harness({ browser: chromium.browser })
assessment({ browser: chromium.browser, binary })
landscape({ browser: chromium.browser, binary })
ethics({ browser: chromium.browser, binary })
linkReports({ browser: chromium.browser, binary })
mainJob({ browser: chromium.browser, binary })
market({ browser: chromium.browser, binary })
portfolio({ browser: chromium.browser, binary })
strategy({ browser: chromium.browser, binary })
redress({ browser: chromium.browser, binary })
triage({ browser: chromium.browser, binary })
chain({ browser: chromium.browser, binary })
decisions({ browser: chromium.browser, binary })
process.exitCode = await runAll(process.argv[3]) ? 0 : 1
