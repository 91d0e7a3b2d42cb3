// What is said of a service that is started: its command, how it ended, what it wrote last. Passwords
// that it was given stay out.
import { TurbulenceError } from '../../errors.ts'
import { environmentRedactor, secretEnvNames } from '../../redact.ts'
import type { Plan } from '../../run.ts'
import { formatMs } from '../../units.ts'
import type { ProcessGroup } from './process-group.ts'

export type Start = Plan['start'][number]

/** Of the last lines that are kept. */
const SHOWN_LINES = 20
const SHOWN_CHARACTERS = 300
/** Shorter values of inherited variables (`SESSION=user`) are words that occur anywhere. */
const SHORTEST_SECRET = 8

/** @param inherited the environment that the command has besides its own */
export function commandText({ command, env }: Start, inherited: NodeJS.ProcessEnv): string {
  return masked(typeof command === 'string' ? command : command.join(' '), env, inherited)
}

export function endedText(start: Start, group: ProcessGroup, when: string, inherited: NodeJS.ProcessEnv): string {
  const command = commandText(start, inherited)
  const last = lastWords(start, group, inherited)
  return `Service "${start.service}" ended ${when}: "${command}", ${group.ending ?? 'still there'}.${last}`
}

export function notReadyText({ service, timeoutMs }: Start, why: string): string {
  return `Service "${service}" is not ready after ${formatMs(timeoutMs)}: ${why}.`
}

/** As lines below a message. */
export function lastWords(start: Start, group: ProcessGroup, inherited: NodeJS.ProcessEnv): string {
  const lines = masked(group.output.lines().slice(-SHOWN_LINES).join('\n'), start.env, inherited).split('\n')
  if (lines.join('') === '') return '\nIt wrote nothing.'
  return ['\nIt wrote at last:', ...lines.map((line) => `  ${line.slice(0, SHOWN_CHARACTERS)}`)].join('\n')
}

export function refused({ place }: Start, message: string, hint?: string): TurbulenceError {
  return new TurbulenceError('start', message, { place, ...(hint !== undefined && { hint }) })
}

export function cancelled(start: Start): TurbulenceError {
  return refused(start, `Service "${start.service}" was not started: the run was cancelled.`)
}

/** @param byUs another service of the same test run listens there */
export function taken(start: Start, address: string, byUs: boolean): TurbulenceError {
  const use =
    start.reuse === false ? 'remove "reuse: false" to use it' : 'set "reuse: true" to use it (in CI it is false)'
  return refused(
    start,
    `Service "${start.service}" cannot be started: something already listens at ${address}.`,
    byUs
      ? 'Another scenario of this test run started it with another command, folder or environment.'
      : `Stop it, give the service another port, or ${use}.`,
  )
}

function masked(text: string, own: Start['env'], inherited: NodeJS.ProcessEnv): string {
  const secrets: Record<string, string> = {}
  for (const [name, value = ''] of Object.entries(inherited))
    if (secretEnvNames(name) && value.length >= SHORTEST_SECRET) secrets[name] = value
  return environmentRedactor(secrets).text(environmentRedactor(own).text(text))
}
