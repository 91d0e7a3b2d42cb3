// Ours without Vitest: the whole chain from a scenario file to its verdicts, through dist/run.js.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadScenario, preparePlan, run } from '../../../dist/run.js'
import { scenario } from '../work.mjs'
import { agents, base, durationMs, workName } from './calls.mjs'

const folder = mkdtempSync(join(tmpdir(), 'turbulence-engine-'))
const file = join(folder, 'bench.scenario.yaml')
writeFileSync(file, scenario({ work: workName, url: base, agents, workload: `{ duration: ${durationMs}ms }` }))
const loaded = loadScenario(file)
rmSync(folder, { recursive: true })
if (loaded.scenario === undefined) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))
const { plan, problems } = preparePlan(loaded.scenario, { env: {} })
if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
const host = { machine: { node: process.version, platform: 'bench', cpus: 1, hostname: '' }, versions: {} }
const record = await run(plan, { host, rerun: '' })
const broken = [...record.cells, ...record.thresholds].filter(({ kind }) => kind !== undefined && kind !== 'pass')
const failed = record.thresholds.some(({ kind }) => kind !== 'pass') || record.notices.length > 0
process.stdout.write(`${JSON.stringify({ steps: record.steps, notices: record.notices, broken: broken.length })}\n`)
if (failed) process.exitCode = 1
