// Whether a run that somebody wants to go on with is still running: two processes in one run would send everything
// twice and spoil its record. A process is known by its number and by when it began, because numbers come again.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Checkpoint, Runner } from '../../run.ts'

/** Of a process of this machine. */
export function runnerOf(pid: number = process.pid): Runner {
  const since = beginningOf(pid)
  return { host: hostname(), pid, ...(since !== undefined && { since }) }
}

/** What is wrong with going on; undefined when nobody runs it, or nobody can tell. */
export function stillRunning({
  runner,
  runId,
  file,
}: Checkpoint): { readonly message: string; readonly hint: string } | undefined {
  const { host, pid, since } = runner ?? { host: '', pid: process.pid }
  if (pid === process.pid || host !== hostname() || !isAlive(pid) || beginningOf(pid) !== since) return undefined
  // Then it may be another one that has got the number.
  const other =
    since === undefined ? ` If that process is something else, remove ${join(dirname(file), 'begun.jsonl')}.` : ''
  return {
    message: `The run ${runId} is still running, in process ${pid}: nobody else can go on with it.`,
    hint: `Wait until it has ended, or end it. Without resume, a run of its own begins.${other}`,
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // One of somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** In clock ticks since the machine was started, as Linux has it; undefined elsewhere, and for one that is dead and nobody has buried. */
function beginningOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // From the third field on: the second is a name, which may hold blanks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
