// `npm run bench`: the benchmarks, one by one or all, on this machine. Never part of `npm test`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadNow, machine, machineText, ROOT } from './machine.mjs'
import { saveSection } from './save.mjs'

const HELP = `npm run bench -- [what …] [options]

what       load      every contender: requests/s and CPU per request (this, when nothing is named)
           options   what each option costs per request
           startup   a scenario's start beside an empty Vitest file
           memory    with 372, 3,720 and 10,000 agents, and over 10 million samples
           growth    with steps, groups, cycles and thresholds
           accuracy  reported percentiles against what the server really took
           rate      admitted requests at 50, 500 and 5,000/s, and how evenly
           scale     many agents over simulated days: planning, memory, event loop, live block
           omission  a server that freezes for 2 s under an open workload
           flakiness how often identical runs disagree about a limit near the p95
           health    false alarms at half load; verdicts past saturation and beside busy loops
           all       everything; with --rounds 2 --seconds 4 in some twelve minutes

--only     contenders, e.g. --only vitest,request (vitest engine request pool dispatch autocannon artillery k6 wrk hey)
--works    get, flow or both: --works flow
--rounds   how often each one runs (3)
--seconds  how long each one is measured (8)
--json     results as JSON on stdout, progress on stderr
--save     writes the results to docs/benchmarks.md
--help     this
`

const BENCHES = {
  load: async (options) => (await import('./load.mjs')).compareLoad(options),
  options: async (options) => (await import('./options.mjs')).measureOptions(options),
  startup: async (options) => (await import('./startup.mjs')).measureStartup(options),
  memory: async (options) => (await import('./memory.mjs')).measureMemory(options),
  growth: async (options) => (await import('./growth.mjs')).measureGrowth(options),
  accuracy: async (options) => (await import('./accuracy.mjs')).measureAccuracy(options),
  rate: async (options) => (await import('./rate.mjs')).measureRate(options),
  scale: async (options) => (await import('./scale.mjs')).measureScale(options),
  omission: async (options) => (await import('./omission.mjs')).measureOmission(options),
  flakiness: async (options) => (await import('./flakiness.mjs')).measureFlakiness(options),
  health: async (options) => (await import('./health.mjs')).measureHealth(options),
}

const say = (line) => process.stderr.write(`${line}\n`)

async function bench(names, { json, save, only, works, rounds, seconds }) {
  const on = machine()
  const results = {}
  for (const name of names) {
    say(`${name}, after ${Math.round(performance.now() / 1000)} s: load ${loadNow()}`)
    const options = { rounds: Number(rounds), seconds: Number(seconds), say, ...lists({ only, works }) }
    const { text, data } = await BENCHES[name](options)
    results[name] = data
    if (!json) process.stdout.write(`\n${name}, ${on.date}: ${machineText(on)}\n\n${text}\n`)
    if (save) saveSection(name, on, text)
  }
  if (json) process.stdout.write(`${JSON.stringify({ machine: on, results }, undefined, 2)}\n`)
}

function lists({ only, works }) {
  return {
    ...(only !== undefined && { only: new Set(only.split(',')) }),
    ...(works !== undefined && { works: works.split(',') }),
  }
}

const text = (value) => ({ type: 'string', ...(value !== undefined && { default: value }) })
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: text(),
    works: text(),
    rounds: text('3'),
    seconds: text('8'),
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const names = positionals.includes('all') ? Object.keys(BENCHES) : positionals.length > 0 ? positionals : ['load']
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))
if (values.help) process.stdout.write(HELP)
else if (unknown !== undefined) {
  say(`There is no benchmark "${unknown}". Known: ${Object.keys(BENCHES).join(', ')}, all.`)
  process.exitCode = 1
} else if (!existsSync(join(ROOT, 'dist', 'run.js'))) {
  say('dist/ is missing: run `npm run build` first.')
  process.exitCode = 1
} else await bench(names, values)
