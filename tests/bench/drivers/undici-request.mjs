// Bare undici, as most people would write it: `request(url)` and `json()` in a loop per agent.
import { Agent, request } from 'undici'
import { agents, base, calls, durationMs } from './calls.mjs'

const dispatcher = new Agent({ connections: agents, pipelining: 1 })
const end = performance.now() + durationMs

async function agent() {
  while (performance.now() < end) {
    const values = {}
    for (const { method, path, body, keep } of calls) {
      const json = body === undefined ? undefined : JSON.stringify(body(values))
      const headers = json === undefined ? undefined : { 'content-type': 'application/json' }
      const answer = await request(`${base}${path(values)}`, { dispatcher, method, headers, body: json })
      const value = await answer.body.json()
      if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`)
      keep?.(value, values)
    }
  }
}

await Promise.all(Array.from({ length: agents }, agent))
await dispatcher.close()
