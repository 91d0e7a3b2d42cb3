// Ours without Vitest: the whole chain from a scenario file to its verdicts, through dist/run.js.
import { runText } from '../ours.mjs'
import { scenario } from '../work.mjs'
import { agents, base, durationMs, workName } from './calls.mjs'

const workload = `{ duration: ${durationMs}ms }`
const record = await runText(scenario({ work: workName, url: base, agents, workload }))
process.stdout.write(`${JSON.stringify({ steps: record.steps, notices: record.notices })}\n`)
if (record.thresholds.some(({ kind }) => kind !== 'pass')) process.exitCode = 1
