// Bare undici with less to do per call: `request()` and `json()` on a pool that is bound to its origin.
import { Pool } from 'undici'
import { agents, base, calls, durationMs } from './calls.mjs'

const pool = new Pool(base, { connections: agents, pipelining: 1 })
const end = performance.now() + durationMs

async function agent() {
  while (performance.now() < end) {
    const values = {}
    for (const { method, path, body, keep } of calls) {
      const json = body === undefined ? undefined : JSON.stringify(body(values))
      const headers = json === undefined ? undefined : { 'content-type': 'application/json' }
      const answer = await pool.request({ path: path(values), method, headers, body: json })
      const value = await answer.body.json()
      if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`)
      keep?.(value, values)
    }
  }
}

await Promise.all(Array.from({ length: agents }, agent))
await pool.close()
