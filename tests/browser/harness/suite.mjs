// Collects tests and runs them one after the other, in the order in which they were written.

const tests = []
const after = []

/** A test: it passes unless it throws. */
export function test (title, run) {
  tests.push({ title, run })
}

/** What must be tidied up at the end, whatever happened. */
export function tidy (run) {
  after.push(run)
}

/** Runs the tests whose titles hold `words` and prints `N passed, N failed` as its last line. Returns whether all passed. */
export async function runAll (words = '') {
  const chosen = tests.filter(({ title }) => title.includes(words))
  let failed = 0
  for (const { title, run } of chosen) {
    const began = performance.now()
    try {
      await run()
      console.log(`  ok    ${title} (${Math.round(performance.now() - began)} ms)`)
    } catch (error) {
      failed++
      console.log(`  FAIL  ${title}\n${indent(error.stack ?? String(error))}`)
    }
  }
  for (const run of after.reverse()) {
    try {
      await run()
    } catch (error) {
      failed++
      console.log(`  FAIL  at the end\n${indent(error.stack ?? String(error))}`)
    }
  }
  console.log(`${Math.max(0, chosen.length - failed)} passed, ${failed} failed`)
  return failed === 0 && chosen.length > 0
}

function indent (text) {
  return text.replace(/^/gm, '          ')
}
