// Starts the server that knows what its answers took (accuracy-server.mjs), warm and on its own core.
import { fileURLToPath } from 'node:url'
import { machine } from './machine.mjs'
import { sleep, start } from './processes.mjs'
import { freePort } from './target.mjs'

const SERVER = fileURLToPath(new URL('./accuracy-server.mjs', import.meta.url))
/** Threads of V8 would take slices of 4 ms of its only core, and a small heap would be collected all the time. */
const FLAGS = ['--v8-pool-size=0', '--single-threaded-gc', '--min-semi-space-size=64', '--max-semi-space-size=128']
/** Answered before anything is measured: a cold server stands still for some ten milliseconds. */
const WARM_UP = { requests: 3000, atOnce: 50 }

/**
 * `taken()`: what answers took since it was asked last, by path, ascending, in ms, and the server's own lateness.
 * @returns {Promise<{ url: string, taken(): Promise<{ times: Record<string, number[]>, late: { share: number, longestMs: number } }>, close(): Promise<void> }>}
 */
export async function startKnownServer() {
  const port = await freePort()
  const server = start([process.execPath, ...FLAGS, SERVER, String(port), machine().pinned ? 'spin' : 'wait'], {
    core: 1,
  })
  const url = `http://127.0.0.1:${port}`
  const taken = async () => (await fetch(`${url}/__times`)).json()
  const close = async () => {
    server.kill()
    await server.ended
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(50)
    if (!(await taken().catch(() => false))) continue
    const one = async () => {
      for (let n = 0; n < WARM_UP.requests / WARM_UP.atOnce; n++) await (await fetch(`${url}/warm-up`)).text()
    }
    await Promise.all(Array.from({ length: WARM_UP.atOnce }, one))
    await taken()
    return { url, taken, close }
  }
  await close()
  throw new Error(`the server that knows its times does not answer: ${server.output()}`)
}
