// Start-up: how much longer `vitest run` takes for a scenario of one request than for an empty test
// file, from the start of the process to its end, teardown and reports included. Not pinned: Vitest's own
// process and its worker are two, and a user's machine has a core for each.
import { readFileSync } from 'node:fs'
import { loadNow } from './machine.mjs'
import { median, shown, spread, table } from './numbers.mjs'
import { start } from './processes.mjs'
import { vitestProject } from './project.mjs'
import { startTarget } from './target.mjs'

const EMPTY = "import { test } from 'vitest'\n\ntest('nothing', () => {})\n"
const PLAIN = `import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ test: {} })\n`
/** A start takes about a second, and one that met a busy moment says nothing. */
const STARTS_PER_ROUND = 4
/** Linux counts CPU time in hundredths of a second, on every machine of today. */
const TICK_MS = 10

const oneRequest = (url) => `id: one
sut: { services: { target: { base_url: '${url}' } } }
flow:
  - { type: http, name: products, path: /products }
thresholds: [errors == 0]
`

/** @param {{ rounds: number, say: (line: string) => void }} options */
export async function measureStartup({ rounds, say }) {
  const target = await startTarget()
  const projects = {
    'an empty test file, no plugin': vitestProject({ 'a.test.ts': EMPTY, 'vitest.config.ts': PLAIN }),
    'an empty test file, with the plugin': vitestProject({ 'a.test.ts': EMPTY }),
    'a scenario of one request': vitestProject({ 'one.scenario.yaml': oneRequest(target.url) }),
  }
  const samples = new Map(Object.keys(projects).map((name) => [name, []]))
  try {
    for (let n = 0; n <= rounds * STARTS_PER_ROUND; n++)
      for (const [name, project] of Object.entries(projects)) {
        const took = await startOnce(project)
        // The first one fills caches.
        if (n > 0) samples.get(name).push(took)
      }
  } finally {
    for (const project of Object.values(projects)) project.remove()
    target.close()
  }
  say(`startup: load ${loadNow()}`)
  const base = samples.get('an empty test file, no plugin')
  const over = (all, pick) => shown(median(all.map(pick)) - median(base.map(pick)))
  const rows = [...samples].map(([name, all]) => [
    name,
    spread(all.map(({ ms }) => ms)),
    over(all, ({ ms }) => ms),
    shown(Math.min(...all.map(({ ms }) => ms)) - Math.min(...base.map(({ ms }) => ms))),
    spread(all.map(({ cpuMs }) => cpuMs)),
    over(all, ({ cpuMs }) => cpuMs),
  ])
  const note =
    `${rounds * STARTS_PER_ROUND} interleaved starts each, not pinned; median (least–most). CPU time of all processes ` +
    `together. Load average ${loadNow()}.`
  const heads = ['vitest run', 'ms', 'over empty, medians', 'over empty, quickest', 'CPU ms', 'over empty, medians']
  return { text: `${note}\n\n${table(heads, rows)}`, data: Object.fromEntries(samples) }
}

async function startOnce({ command, folder }) {
  const [before, cpuBefore] = [performance.now(), endedChildrenMs()]
  const { code, output } = await start(command, { core: undefined, cwd: folder }).ended
  if (code !== 0) throw new Error(`vitest ended with ${code}: ${output}`)
  return { ms: performance.now() - before, cpuMs: endedChildrenMs() - cpuBefore }
}

/** CPU time of children, and theirs, that have ended. */
function endedChildrenMs() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS
}
