// Bare undici at its fastest: `dispatch()` with a handler per request, JSON parsed, nothing else.
import { Pool } from 'undici'
import { agents, base, calls, durationMs } from './calls.mjs'

const pool = new Pool(base, { connections: agents, pipelining: 1 })
const end = performance.now() + durationMs
const JSON_HEADERS = ['content-type', 'application/json']

function exchange(options) {
  return new Promise((resolve, reject) => {
    const chunks = []
    let status = 0
    pool.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        if (status >= 300) reject(new Error(`status ${status}`))
        else resolve(JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString()))
      },
      onResponseError(_controller, error) {
        reject(error)
      },
    })
  })
}

async function agent() {
  while (performance.now() < end) {
    const values = {}
    for (const { method, path, body, keep } of calls) {
      const json = body === undefined ? undefined : JSON.stringify(body(values))
      const headers = json === undefined ? undefined : JSON_HEADERS
      const value = await exchange({ path: path(values), method, headers, body: json })
      keep?.(value, values)
    }
  }
}

await Promise.all(Array.from({ length: agents }, agent))
await pool.close()
