// For how long other processes have kept this one from its core: what a generator that was late for that
// reason says of itself is right, and no false alarm.
import { readdirSync, readFileSync } from 'node:fs'

const NS_PER_MS = 1e6

/**
 * Milliseconds so far for which this process's main thread was ready to run and did not, less what its own other
 * threads ran meanwhile; 0 where the system does not say. Only differences mean something.
 * @returns {number}
 */
export function withheld() {
  let ms = 0
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const [ran, waited] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')
      ms += Number(thread) === process.pid ? Number(waited) / NS_PER_MS : -Number(ran) / NS_PER_MS
    }
    return ms
  } catch {
    return 0
  }
}
