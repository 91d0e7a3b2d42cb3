// Waiting for somebody else's promise, which may never settle: until the time is over, or the signal aborts.
import type { Clock } from '../clock.ts'

export interface Patience {
  readonly ms: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Rejects as the work does, if it does so in time; what it does later is heard by nobody. */
export function settledWithin(
  work: Promise<unknown>,
  { ms, clock, signal }: Patience,
): Promise<'done' | 'timeout' | 'aborted'> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', stop)
    }
    const stop = (): void => {
      end()
      resolve('aborted')
    }
    const cancel = clock.after(ms, () => {
      end()
      resolve('timeout')
    })
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    work.then(
      () => {
        end()
        resolve('done')
      },
      (error: unknown) => {
        end()
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}
