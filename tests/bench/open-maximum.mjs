// The highest rate of an open workload at which nothing is dropped, by our engine alone: what "half of what
// we send at most" is half of. A closed workload, flat out, sends more: it never waits for a moment.
import { fileURLToPath } from 'node:url'
import { start } from './processes.mjs'

const DRIVER = fileURLToPath(new URL('./drivers/health.mjs', import.meta.url))

/** @param {string} url of a target that answers at once @returns {Promise<number>} requests per second */
export async function openMaximum(url) {
  const { code, output } = await start([process.execPath, DRIVER, url, 'highest'], { core: 0 }).ended
  if (code !== 0) throw new Error(output)
  return JSON.parse(output.trim().split('\n').at(-1)).ratePerSecond
}
