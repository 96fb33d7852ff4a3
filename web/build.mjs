// Builds what the binary embeds: styles, scripts, pictures and the component templates.
//
//   npm ci --ignore-scripts && node build.mjs      (or `make assets` at the top of the repository)
//
// Everything lands in dist/, which is never committed:
//   dist/assets/<name>-<hash>.<ext>   with .br and .gz beside each text file that they make smaller
//   dist/templates/{govuk,moj}/…      the official Nunjucks macros, unchanged
//   dist/manifest.json                what there is, in a fixed order
// The same sources and the same lock file give the same bytes.

import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const govuk = join(here, 'node_modules/govuk-frontend/dist/govuk')
const moj = join(here, 'node_modules/@ministryofjustice/frontend/moj')

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png'
}

// Components that must not or need not be embedded, with the reason.
const LEFT_OUT = {
  govuk: {
    header: 'draws the crown and the GOV.UK logotype, which are not ours to show',
    footer: 'says Crown copyright; ours has its own statements'
  },
  moj: {
    header: 'draws the Ministry of Justice crest',
    'cookie-banner': 'we set no cookie that asks for consent',
    messages: 'formats dates with a JavaScript library; our pages bring dates already written',
    timeline: 'the same',
    'organisation-switcher': 'no such switch here'
  }
}

const manifest = { assets: [], components: [] }

function fail (message) {
  console.error(`web/build.mjs: ${message}`)
  process.exit(1)
}

/** Writes one asset under its hashed name, with its compressed twins, and returns its address. */
function emit (name, bytes) {
  const ext = extname(name)
  const hash = createHash('sha256').update(bytes).digest('hex')
  const file = `${basename(name, ext)}-${hash.slice(0, 12)}${ext}`
  writeFileSync(join(dist, 'assets', file), bytes)
  const entry = { name, file, type: TYPES[ext], bytes: bytes.length, br: false, gz: false }
  const twins = {
    br: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    }),
    gz: gzipSync(bytes, { level: 9 })
  }
  if (ext !== '.png') {
    for (const [coding, packed] of Object.entries(twins)) {
      if (packed.length < bytes.length) {
        writeFileSync(join(dist, 'assets', `${file}.${coding}`), packed)
        entry[coding] = true
      }
    }
  }
  manifest.assets.push(entry)
  console.log(`${name.padEnd(16)} ${String(bytes.length).padStart(7)} B  br ${twins.br.length} B`)
  return `/assets/${file}`
}

/** The text of an ES module without its export list and source map, so that our own lines can follow in one file. */
function inlineModule (path) {
  const text = readFileSync(path, 'utf8')
  const bare = text.replace(/export\{[^}]*\};?/, '').replace(/\/\/# sourceMappingURL=.*\s*$/, '')
  if (bare === text || /\bexport\s*\{/.test(bare)) fail(`${relative(here, path)}: its exports are not where they were`)
  return bare
}

function compileStyles (name) {
  const { css } = sass.compile(join(here, 'styles', `${name}.scss`), {
    loadPaths: [here, join(here, 'node_modules')],
    style: 'compressed',
    quietDeps: true,
    // The MoJ styles still use some names that GOV.UK Frontend will drop; ours must give no warning.
    logger: {
      warn: (message, { deprecation, stack = '' }) => {
        if (!deprecation && !stack.includes('@ministryofjustice')) fail(`styles/${name}.scss: ${message}\n${stack}`)
      }
    }
  })
  for (const forbidden of [/gds transport/i, /@font-face/i, /crown|crest/i, /url\(["']?(https?:)?\/\//i]) {
    if (forbidden.test(css)) fail(`styles/${name}.scss: the compiled sheet contains ${forbidden}`)
  }
  // Pictures that the MoJ styles refer to are taken along under hashed names.
  return css.replace(/url\(["']?\/assets\/images\/([a-z0-9-]+\.(?:svg|png))["']?\)/gi, (_, picture) => {
    const source = join(moj, 'assets/images', picture)
    if (!existsSync(source)) fail(`styles/${name}.scss: no picture ${picture}`)
    const known = manifest.assets.find((asset) => asset.name === picture)
    return `url(${known ? `/assets/${known.file}` : emit(picture, readFileSync(source))})`
  })
}

function copyComponents (family, root) {
  const target = join(dist, 'templates', family)
  for (const name of readdirSync(join(root, 'components')).sort()) {
    const from = join(root, 'components', name)
    if (LEFT_OUT[family][name] || !existsSync(join(from, 'macro.njk'))) continue
    for (const file of readdirSync(from).filter((f) => f.endsWith('.njk')).sort()) {
      const path = join('components', name, file)
      mkdirSync(dirname(join(target, path)), { recursive: true })
      cpSync(join(root, path), join(target, path))
      manifest.components.push(`${family}/${path}`)
    }
  }
}

if (!existsSync(govuk) || !existsSync(moj)) fail('node_modules is missing: run `npm ci --ignore-scripts` first')
rmSync(dist, { recursive: true, force: true })
mkdirSync(join(dist, 'assets'), { recursive: true })

for (const picture of readdirSync(join(here, 'images')).sort()) emit(picture, readFileSync(join(here, 'images', picture)))
for (const sheet of ['public', 'staff']) emit(`${sheet}.css`, Buffer.from(compileStyles(sheet)))

const own = (file) => readFileSync(join(here, 'scripts', file), 'utf8')
emit('public.js', Buffer.from(`${inlineModule(join(govuk, 'govuk-frontend.min.js'))}\n${own('public.js')}`))
const mojModule = readFileSync(join(moj, 'moj-frontend.min.js'), 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '')
const mojAddress = emit('moj.js', Buffer.from(mojModule))
emit('staff.js', Buffer.from(own('staff.js').replace("'./moj.js'", `'${mojAddress}'`)))

copyComponents('govuk', govuk)
copyComponents('moj', moj)

manifest.assets.sort((a, b) => (a.name < b.name ? -1 : 1))
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
console.log(`${manifest.assets.length} assets, ${manifest.components.length} component files`)
