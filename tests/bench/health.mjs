// The generator's own health: how often it is doubted when it has half of the load that it can send (it
// should not be), and what becomes of a time limit when it has more, or a busy loop shares its core.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadNow } from './machine.mjs'
import { shown, spread, table } from './numbers.mjs'
import { openMaximum } from './open-maximum.mjs'
import { start } from './processes.mjs'
import { startTarget } from './target.mjs'

const DRIVER = fileURLToPath(new URL('./drivers/health.mjs', import.meta.url))
const RUNS = 50
const BUSY_LOOPS = 3

/** @param {{ say: (line: string) => void }} options */
export async function measureHealth({ say }) {
  const target = await startTarget()
  try {
    const driven = async (...args) => {
      const { code, output } = await start([process.execPath, DRIVER, target.url, ...args.map(String)], { core: 0 })
        .ended
      if (code !== 0) throw new Error(output)
      return JSON.parse(output.trim().split('\n').at(-1))
    }
    const { ratePerSecond: most } = await driven('most')
    const highest = await openMaximum(target.url)
    const half = Math.round(highest / 2)
    say(`health: at most ${shown(most)}/s flat out, ${shown(highest)}/s open; load ${loadNow()}`)
    const calm = await driven('open', half, RUNS, 1, 10)
    const past = await driven('open', Math.round(most * 2.5), 1, 4, 10)
    const busy = Array.from({ length: BUSY_LOOPS }, () => busyLoop())
    const beside = await driven('open', Math.round(most / 8), 1, 4, 10).finally(() => busy.forEach((one) => one.kill()))
    const closed = await driven('closed', 0, 1, 3, 0.2)
    const rows = [
      rowOf(
        `half of the highest open rate, ${shown(half)}/s`,
        calm.filter(({ isDisturbed }) => !isDisturbed),
      ),
      rowOf(
        'the same, but other processes took its core',
        calm.filter(({ isDisturbed }) => isDisturbed),
      ),
      rowOf(`2.5 × flat out, ${shown(most * 2.5)}/s`, past),
      rowOf(`an eighth of it, beside ${BUSY_LOOPS} busy loops on its core`, beside),
      rowOf('closed and flat out, p95 < 0.2ms', closed),
    ]
    const note =
      `Open workloads on nginx, \`p95 < 10ms\`. The highest open rate, ${shown(highest)}/s, is the one of which 1,000 agents ` +
      `drop nothing for a second, found in steps; flat out, ${shown(most)}/s, is what 50 agents send without waiting for any ` +
      `moment. Doubted: the generator was called saturated, or a verdict was inconclusive. At half load, runs of 1 s in one ` +
      `process that has run for 15 s before; those in which other processes kept it from its core for more than 2 % of the ` +
      `time are in a line of their own. Load average ${loadNow()}.`
    const heads = ['load', 'runs', 'doubted', 'verdicts', 'loop delay, ms', 'p95, ms', 'what the verdict said']
    return { text: `${note}\n\n${table(heads, rows)}`, data: { most, highest, calm, past, beside, closed } }
  } finally {
    target.close()
  }
}

function rowOf(load, runs) {
  const doubted = runs.filter(({ kind, saturated }) => kind === 'inconclusive' || saturated).length
  const kinds = Object.entries(Object.groupBy?.(runs, ({ kind }) => kind) ?? grouped(runs))
  const said = runs.find(({ kind }) => kind === 'inconclusive')?.message ?? ''
  const cause = /the load generator was saturated.*?\)(?:, and only [^;:]*)?/.exec(said)?.[0] ?? ''
  return [
    load,
    String(runs.length),
    String(doubted),
    kinds.map(([kind, all]) => `${all.length} ${kind}`).join(', '),
    spread(
      runs.map(({ delayMs }) => delayMs),
      1,
    ),
    spread(
      runs.map(({ value }) => value),
      2,
    ),
    cause,
  ]
}

function grouped(runs) {
  const by = {}
  for (const run of runs) (by[run.kind] ??= []).push(run)
  return by
}

function busyLoop() {
  const child = spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  process.once('exit', () => child.kill())
  return child
}
