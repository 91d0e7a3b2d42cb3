// Agents as most people would write them around an HTTP client: all calls, again and again, until the time is up.
import { agents, calls, durationMs } from './calls.mjs'

/** @param {(path: string, options: object) => ReturnType<typeof import('undici').request>} ask */
export async function askInLoops(ask) {
  const end = performance.now() + durationMs
  const agent = async () => {
    while (performance.now() < end) {
      const values = {}
      for (const { method, path, body, keep } of calls) {
        const json = body === undefined ? undefined : JSON.stringify(body(values))
        const headers = json === undefined ? undefined : { 'content-type': 'application/json' }
        const answer = await ask(path(values), { method, headers, body: json })
        const value = await answer.body.json()
        if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`)
        keep?.(value, values)
      }
    }
  }
  await Promise.all(Array.from({ length: agents }, agent))
}
