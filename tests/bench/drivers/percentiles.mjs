// One run by the engine alone; prints what its thresholds came to. `node percentiles.mjs <text of a scenario>`
import { runText } from '../ours.mjs'

const { thresholds } = await runText(process.argv[2])
process.stdout.write(`${JSON.stringify(thresholds.map(({ value }) => value))}\n`)
