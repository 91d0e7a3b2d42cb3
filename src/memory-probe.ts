// How much memory this process takes. The only file that asks Node for it.
import { memoryUsage } from 'node:process'

export interface MemoryReading {
  /** Resident memory of the whole process, in MB of 1024² bytes. */
  readonly rssMb: number
  /** Of it, what JavaScript has in use. */
  readonly heapMb: number
}

export type MemoryProbe = () => MemoryReading

const MB = 1024 ** 2

export const memoryProbe: MemoryProbe = () => {
  const { rss, heapUsed } = memoryUsage()
  return { rssMb: rss / MB, heapMb: heapUsed / MB }
}
