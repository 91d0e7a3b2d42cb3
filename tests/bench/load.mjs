// The comparison: every contender in turn, several rounds, interleaved. Rates are counted at the server
// and CPU time is read from /proc, both over the same stretch, after a warm-up.
import { contenders } from './contenders.mjs'
import { loadNow } from './machine.mjs'
import { median, shown, spread, table } from './numbers.mjs'
import { sleep, start, usage } from './processes.mjs'
import { startTarget } from './target.mjs'
import { CONNECTIONS } from './work.mjs'

const LOAD_CORE = 0
const WARM_UP_S = 2
/** Started, warmed up and measured, it gets this long to end by itself. */
const ENDING_S = 20
const WORKS = {
  get: 'GET: one request, status checked',
  flow: 'Flow: six calls, extraction, JSON bodies, expectations',
}
/** How k6 2.2 and bare request() compared on one machine, by hand. */
const K6_RECORDED = 0.27

/**
 * @typedef {{ ratePerSecond: number, cpuUs: number, corePercent: number, rssMb: number, requests: number }} Measurement
 * @param {{ only?: ReadonlySet<string>, rounds: number, seconds: number, works?: readonly string[], say: (line: string) => void }} options
 */
export async function compareLoad({ only, rounds, seconds, works = Object.keys(WORKS), say }) {
  const all = contenders(only)
  const target = await startTarget()
  const started = performance.now()
  const results = new Map()
  try {
    for (let round = 1; round <= rounds; round++)
      for (const work of works)
        for (const contender of all) {
          const why = contender.refuses?.(work)
          const key = `${work} ${contender.id}`
          const entry = results.get(key) ?? { work, contender, why, samples: [] }
          results.set(key, entry)
          if (entry.why !== undefined) continue
          const measured = await measure(contender, work, seconds, target)
          if (typeof measured === 'string') entry.why = measured
          else entry.samples.push(measured)
          const told = typeof measured === 'string' ? measured : `${shown(measured.ratePerSecond)}/s`
          say(`round ${round}, ${work}, ${contender.name}: ${told}; load ${loadNow()}`)
        }
  } finally {
    target.close()
  }
  const minutes = (performance.now() - started) / 60_000
  return { text: textOf(results, { works, rounds, seconds, target, minutes }), data: dataOf(results) }
}

/** @returns {Promise<Measurement | string>} a text: why there is none */
async function measure(contender, work, seconds, target) {
  const job = contender.start({ work, url: target.url, seconds: WARM_UP_S + seconds + 1 })
  const before = await target.count()
  const process = start(job.command, { core: LOAD_CORE, cwd: job.cwd, env: job.env })
  try {
    const isLoading = async () => (await target.count()) > before
    for (let waited = 0; !(await isLoading()); waited++) {
      if (waited > 300) return `not run: sent nothing: ${lastLine(process.output())}`
      await sleep(100)
    }
    await sleep(WARM_UP_S * 1000)
    const first = { count: await target.count(), at: performance.now(), ...usage(process.pid) }
    await sleep(seconds * 1000)
    const last = { count: await target.count(), at: performance.now(), ...usage(process.pid) }
    const ended = await Promise.race([process.ended, sleep(contender.id === 'artillery' ? 0 : ENDING_S * 1000)])
    if (ended !== undefined && ended.code !== 0) return `not run: exit code ${ended.code}: ${lastLine(ended.output)}`
    const requests = last.count - first.count
    return {
      requests,
      ratePerSecond: (requests / (last.at - first.at)) * 1000,
      cpuUs: (last.cpuUs - first.cpuUs) / requests,
      corePercent: (last.cpuUs - first.cpuUs) / (last.at - first.at) / 10,
      rssMb: last.rssBytes / 2 ** 20,
    }
  } finally {
    process.kill()
    await process.ended
    job.remove?.()
  }
}

const lastLine = (text) => text.trim().split('\n').at(-1)?.slice(0, 120) ?? ''

function textOf(results, { works, rounds, seconds, target, minutes }) {
  const conditions =
    `Target: ${target.name}. ${CONNECTIONS} agents on ${CONNECTIONS} connections, ${rounds} interleaved rounds of ` +
    `${seconds} s each after ${WARM_UP_S} s of warm-up (${minutes.toFixed(1)} min in all); median (least–most). ` +
    'Core = how much of its core a contender got; on a busy machine CPU per request is what can be compared. ' +
    `Load average at the end: ${loadNow()}.`
  return [conditions, ...works.map((work) => `${WORKS[work]}\n\n${tableOf(work, results)}`)].join('\n\n')
}

function tableOf(work, results) {
  const entries = [...results.values()].filter((entry) => entry.work === work)
  const base = entries.find(({ contender }) => contender.id === 'request')
  const ratio = (samples, pick) => shown(median(samples.map(pick)) / median((base?.samples ?? []).map(pick)), 2)
  const rows = entries.map(({ contender, samples, why }) => {
    const name = contender.name
    if (why !== undefined && contender.id === 'k6' && why === 'not on PATH' && base?.samples.length)
      return [name, shown(K6_RECORDED * median(base.samples.map(rate))), String(K6_RECORDED), 'k6, recorded, not run']
    if (why !== undefined) return [name, '–', '–', why.startsWith('not run') ? why : `not run: ${why}`]
    const cells = [spread(samples.map(rate)), ratio(samples, rate), spread(samples.map(cpu), 1), ratio(samples, cpu)]
    const total = samples.reduce((sum, { requests }) => sum + requests, 0)
    const core = `${shown(median(samples.map(({ corePercent }) => corePercent)))} %`
    return [name, ...cells, core, shown(median(samples.map(({ rssMb }) => rssMb))), shown(total)]
  })
  return table(
    ['contender', 'requests/s', '× request()', 'CPU µs/request', '× request()', 'core', 'MB', 'requests'],
    rows,
  )
}

const rate = ({ ratePerSecond }) => ratePerSecond
const cpu = ({ cpuUs }) => cpuUs

const dataOf = (results) =>
  [...results.values()].map(({ work, contender, why, samples }) => ({
    work,
    contender: contender.name,
    ...(why !== undefined && { notRun: why }),
    samples,
  }))
