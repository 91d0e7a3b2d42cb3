// Memory: the most that a run takes with more and more agents on the same connections, and what is in use
// after more and more samples. Peak resident memory of the engine's process.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadNow } from './machine.mjs'
import { manySamples } from './many-samples.mjs'
import { shown, table } from './numbers.mjs'
import { sleep, start } from './processes.mjs'
import { startTarget } from './target.mjs'
import { CONNECTIONS } from './work.mjs'

const DRIVER = fileURLToPath(new URL('./drivers/engine.mjs', import.meta.url))
const AGENTS = [50, 372, 3720, 10_000]

/** @param {{ seconds: number, say: (line: string) => void }} options */
export async function measureMemory({ seconds, say }) {
  const target = await startTarget()
  const data = []
  const measure = async (agents, length) => {
    const before = await target.count()
    const command = [process.execPath, DRIVER, target.url, 'flow', String(length), String(agents)]
    const engine = start(command, { core: 0 })
    let peakMb = 0
    const look = () => {
      const text = readStatus(engine.pid)
      peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024)
    }
    const ended = engine.ended.then(({ code, output }) => {
      if (code !== 0) say(`memory: ${agents} agents: exit code ${code}: ${output.trim().slice(-300)}`)
      return true
    })
    while (!(await Promise.race([ended, sleep(100)]))) look()
    const samples = (await target.count()) - before
    data.push({ agents, seconds: length, peakMb, samples })
    say(`memory: ${agents} agents, ${length} s: ${shown(peakMb)} MB, ${shown(samples)} samples; load ${loadNow()}`)
  }
  try {
    for (const agents of AGENTS) await measure(agents, seconds)
  } finally {
    target.close()
  }
  const rows = data.map(({ agents, seconds: length, peakMb, samples }) => [
    shown(agents),
    `${length} s`,
    shown(samples),
    shown(peakMb),
  ])
  const note = `The six-call flow, the engine alone, on ${CONNECTIONS} connections. Load average ${loadNow()}.`
  say('memory: ten million samples, about a minute')
  const many = manySamples()
  const manyNote =
    'One run of 50 agents over a transport that answers at once: templates, extraction, expectations, a threshold.'
  const tables = [note, table(['agents', 'ran', 'samples', 'peak MB'], rows), manyNote, many.text]
  return { text: tables.join('\n\n'), data: { agents: data, samples: many.data } }
}

function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
