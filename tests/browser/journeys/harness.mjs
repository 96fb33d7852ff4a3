// A check that cannot fail shows nothing: each is shown here a page with the fault that it is there to find.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { newVisitor, PHONE } from '../harness/browser.mjs'
import { keyboard } from '../harness/keyboard.mjs'
import { axeFindings, look } from '../harness/look.mjs'
import { test, tidy } from '../harness/suite.mjs'

const page = (body, head = '') => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
<main>
<h1>A page</h1>
${body}
</main>
</body>
</html>
`

const form = `<form method="post" action="/sent" novalidate>
<p><label for="name">Name</label> <input id="name" name="name" type="text" autocomplete="off"></p>
<fieldset>
<legend>Where</legend>
<p><input id="a" name="where" type="radio" value="a"> <label for="a">At home</label></p>
<p><input id="b" name="where" type="radio" value="b"> <label for="b">In the street</label></p>
</fieldset>
<p><label for="town">Town</label> <select id="town" name="town"><option value="">Choose</option>
<option value="Ambridge">Ambridge</option></select></p>
<p><button type="submit">Continue</button></p>
</form>`

const PAGES = {
  '/good': page(form, '<link rel="stylesheet" href="/sheet.css">'),
  '/sent': page('<p>Thank you</p>', '<link rel="stylesheet" href="/sheet.css">'),
  '/sheet.css': 'a, input, select, button { min-height: 24px; min-width: 24px } :focus { outline: 3px solid #000 }',
  '/contrast': page('<p class="pale">Hardly to be read</p>', '<link rel="stylesheet" href="/pale.css">'),
  '/pale.css': '.pale { color: #ddd; background: #fff }',
  '/markup': page('<p><div>A block in a line</div></p>'),
  '/inline': page('<p style="color: black">Text</p>'),
  '/script': page('<p>Text</p><script>document.title = "changed"</script>'),
  '/error': page('<p>Text</p>', '<script src="/throws.js"></script>'),
  '/throws.js': 'throw new Error("a slip")',
  '/elsewhere': page('<p><img src="http://127.0.0.2:9/x.png" alt="A stranger"></p>'),
  '/wide': page('<p class="wide">Text</p>', '<link rel="stylesheet" href="/wide.css">'),
  '/wide.css': '.wide { width: 500px }',
  '/slip': page('<p>Your reference is undefined</p>'),
  '/lost': page('<p><a href="/good">Where am I</a></p>', '<link rel="stylesheet" href="/lost.css">'),
  '/lost.css': 'a { display: inline-block; min-height: 24px } a:focus { outline: none }',
  '/broken': page('<p>Something went wrong</p>')
}

const server = createServer((request, response) => {
  const body = PAGES[request.url]
  const type = request.url.endsWith('.css') ? 'text/css' : request.url.endsWith('.js') ? 'text/javascript' : 'text/html'
  response.writeHead(request.url === '/broken' ? 500 : body ? 200 : 404, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'self'; img-src * data:"
  }).end(body)
})

export default function harness ({ browser }) {
  let origin
  tidy(() => new Promise(resolve => server.close(resolve)))

  async function visit (path, options, check) {
    origin ??= await new Promise(resolve => server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${server.address().port}`)))
    const visitor = await newVisitor(browser, { origin, ...options })
    try {
      await visitor.page.goto(origin + path, { waitUntil: 'load' })
      return await check(visitor)
    } finally {
      await visitor.close()
    }
  }

  for (const javascript of [true, false]) {
    test(`a good page is found good, scripts ${javascript ? 'on' : 'off'}`, () =>
      visit('/good', { javascript }, async visitor => {
        const weight = await look(visitor, 'harness-good', { limits: { requests: 2, bytes: 10_000 } })
        assert.equal(weight.requests, 2)
        assert.ok(weight.bytes > PAGES['/good'].length, `${weight.bytes} bytes`)
        await assert.rejects(look(visitor, 'harness-good', { limits: { requests: 1 } }), /2 requests, 1 at most/)
      }))
  }

  const faults = {
    '/contrast': /at 360 px, axe color-contrast/,
    '/markup': /markup \d+:\d+: Stray end tag/,
    '/inline': /content security policy: style-src/,
    '/script': /content security policy: script-src/,
    '/error': /script error: a slip/,
    '/elsewhere': /a request to somebody else: http:\/\/127\.0\.0\.2:9/,
    '/wide': /at 360 px the page is \d+ px wide/,
    '/slip': /the page shows "undefined" to a person/,
    '/broken': /\/broken answered 500/
  }
  for (const [path, expected] of Object.entries(faults)) {
    test(`a page with a fault is found out: ${path}`, () =>
      visit(path, {}, visitor => assert.rejects(look(visitor, 'harness-fault'), expected)))
  }

  test('what is known upstream is let pass by rule and selector, and nothing else', () =>
    visit('/contrast', {}, async ({ page }) => {
      assert.equal((await axeFindings(page, [])).length, 1)
      assert.equal((await axeFindings(page, [{ rule: 'color-contrast', selector: '.pale' }])).length, 0)
      assert.equal((await axeFindings(page, [{ rule: 'color-contrast', selector: '.other' }])).length, 1)
      assert.equal((await axeFindings(page, [{ rule: 'region', selector: '.pale' }])).length, 1)
    }))

  for (const javascript of [true, false]) {
    test(`a form can be filled in with keys alone, scripts ${javascript ? 'on' : 'off'}`, () =>
      visit('/good', { javascript, width: PHONE }, async ({ page, origin }) => {
        const keys = keyboard(page)
        await keys.fill('#name', 'Ada Borset')
        await keys.choose('#b')
        await keys.pick('#town', 'Ambridge')
        const values = await page.$eval('form', f => Object.fromEntries(new FormData(f)))
        assert.deepEqual(values, { name: 'Ada Borset', where: 'b', town: 'Ambridge' })
        await keys.follow('button')
        assert.equal(page.url(), `${origin}/sent`)
      }))
  }

  test('a focus that cannot be seen is found out', () =>
    visit('/lost', {}, ({ page }) => assert.rejects(keyboard(page).to('a'), /cannot be seen/)))
}
