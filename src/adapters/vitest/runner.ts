// Refuses to resume a run whose process is still alive: two processes in one run would send everything twice and spoil its
// record. A process is identified by its pid and its start time, because pids are used again.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Checkpoint, Runner } from '../../run.ts'

/** Identifies a process of this machine. */
export function runnerOf(pid: number = process.pid): Runner {
  const since = beginningOf(pid)
  return { host: hostname(), pid, ...(since !== undefined && { since }) }
}

/** Why a run cannot be resumed now; undefined when its process is gone, or was one of another machine. */
export function stillRunning({
  runner,
  runId,
  file,
}: Checkpoint): { readonly message: string; readonly hint: string } | undefined {
  const { host, pid, since } = runner ?? { host: '', pid: process.pid }
  if (pid === process.pid || host !== hostname() || !isAlive(pid) || beginningOf(pid) !== since) return undefined
  // Without start times a new process that got the same pid looks like the old one.
  const other =
    since === undefined ? ` If that process is something else, remove ${join(dirname(file), 'begun.jsonl')}.` : ''
  return {
    message: `The run ${runId} is still running, in process ${pid}: no other process can go on with it.`,
    hint: `Wait until it has ended, or end it. Without resume, a run of its own begins.${other}`,
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** When a process began, in clock ticks since boot; undefined for a zombie, and on systems other than Linux. */
function beginningOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in parentheses, which may hold blanks: split what comes after it (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
