// The second half of `npm run build`: the entries of the package with all that they import as a few files
// in dist/bundle/. Every start reads hundreds of modules less; what that gives is in docs/concepts/performance.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const sources = join(root, 'src')
const out = join(root, 'dist', 'bundle')
const require = createRequire(import.meta.url)

/** What is loaded from outside: the package's exports, its command, and what test modules import. */
const ENTRIES = ['index', 'run', 'adapters/vitest/reporter', 'adapters/vitest/suite', 'adapters/cli/main']

/** Packages that code asks for by `require()` when it first needs them: a file each. */
const LATE = [
  '@marcbachmann/cel-js',
  'ajv/dist/2020.js',
  'ajv-formats',
  'json-p3',
  'junit-report-builder',
  're2js',
  'tough-cookie',
  'undici',
]

/** Of these only a part is used, and nothing shakes a CommonJS package down to it. */
const PARTS = {
  undici: `export { default as Client } from 'undici/lib/dispatcher/client.js'
export { default as buildConnector } from 'undici/lib/core/connect.js'`,
  'hdr-histogram-js': `export { default as Int32Histogram } from 'hdr-histogram-js/dist/Int32Histogram.js'
export { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js'`,
  // Half of undici's code, and half of Node's that it needs, is for HTTP/2: loaded with the first such connection.
  'undici/lib/dispatcher/client-h2.js': `module.exports = (...given) => require('undici/lib/dispatcher/client-h2')(...given)`,
  // Only who asks for it gets histograms in WebAssembly.
  'hdr-histogram-js/dist/wasm': 'export class WasmHistogram {}',
  // The library would look for Node's own by eval, which a module of ES does not have.
  pako: `export { deflateSync as deflate, inflateSync as inflate } from 'node:zlib'`,
}

/** What undici has for other ways to call it. It stays in its package, and is found there if it is ever needed. */
const UNUSED = /^undici\/lib\/(web\/|llhttp\/llhttp-wasm)/

/** Vite, which comes with Vitest, brings the bundler. */
const rolldown = await (async () => {
  const vite = createRequire(require.resolve('vitest/package.json')).resolve('vite/package.json')
  return (await import(pathToFileURL(createRequire(vite).resolve('rolldown')).href)).rolldown
})()

const fromPackages = (path) => slashes(path).replace(/^.*\/node_modules\//, '')
const slashes = (path) => path.split(sep).join('/')
const withoutEnding = (path) => path.replace(/\.ts$/, '')
const lateFile = (name) => `late-${name.replaceAll(/\.js$|\W+/g, (end) => (end === '.js' ? '' : '-'))}.cjs`

const parts = {
  name: 'parts of packages',
  resolveId(id, importer) {
    const name = id.startsWith('.') && importer !== undefined ? fromPackages(join(dirname(importer), id)) : id
    if (UNUSED.test(name)) return { id: name, external: true }
    return Object.hasOwn(PARTS, name) ? `\0part:${name}` : undefined
  },
  load: (id) => (id.startsWith('\0part:') ? PARTS[id.slice('\0part:'.length)] : undefined),
}

/** Our modules think that they lie where tsc puts them. */
const places = {
  name: 'places of our modules',
  transform(code, id) {
    if (!id.startsWith(sources) || !code.includes('import.meta.url')) return undefined
    const at = slashes(relative(out, join(root, 'dist', relative(sources, withoutEnding(id)))))
    return code
      .replaceAll(/(?<!createRequire\()import\.meta\.url/g, `new URL('${at}.js', import.meta.url).href`)
      .replaceAll(/\brequire\('([^']+)'\)/g, (all, name) =>
        LATE.includes(name) ? `require('./${lateFile(name)}')` : all,
      )
  },
}

const used = new Set()

async function bundle(input, format, names) {
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external: [/^vitest(\/|$)/, /^vite$/, /^@vitest\//],
    plugins: [parts, places],
    // hdr-histogram-js looks for zlib by eval, and does without when there is none.
    checks: { eval: false },
  })
  const { output } = await build.write({ dir: out, format, exports: 'named', ...names })
  await build.close()
  for (const { modules } of output.filter(({ type }) => type === 'chunk'))
    for (const id of Object.keys(modules)) used.add(id)
}

/** A facade where the entry of tsc was, so that paths and types stay together. */
function writeFacade(entry) {
  const file = join(root, 'dist', `${entry}.js`)
  const [first = ''] = readFileSync(join(sources, `${entry}.ts`), 'utf8').split('\n', 1)
  const target = posix.relative(posix.dirname(entry), `bundle/${posix.basename(entry)}.js`)
  const path = target.startsWith('.') ? target : `./${target}`
  writeFileSync(file, `${first.startsWith('#!') ? `${first}\n` : ''}export * from '${path}'\n`)
}

/** What licences ask of those who hand on what they cover. */
function notices() {
  const packages = new Set()
  for (const id of used) {
    const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(
      slashes(id.replace(/^\0/, '').split('?', 1)[0] ?? ''),
    )?.[1]
    if (folder !== undefined) packages.add(folder)
  }
  return [...packages]
    .sort((a, b) => a.localeCompare(b))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
      return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
await bundle(Object.fromEntries(ENTRIES.map((entry) => [posix.basename(entry), join(sources, `${entry}.ts`)])), 'esm', {
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
await bundle(Object.fromEntries(LATE.map((name) => [lateFile(name), name])), 'cjs', {
  entryFileNames: '[name]',
  chunkFileNames: 'late-[name]-[hash].cjs',
})
for (const entry of ENTRIES) writeFacade(entry)
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices().join(`\n${'-'.repeat(80)}\n\n`))
