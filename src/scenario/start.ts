// `start` of a service: the command that brings it up, and how to see that it is up. Nothing is started
// here; an adapter does that, once for all scenarios of a test run.
import { z } from 'zod'
import { duration, scalar } from '../actions/fields.ts'
import { shown } from '../actions/failure.ts'
import type { Place } from '../errors.ts'

export interface StartSpec {
  /** A line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[]
  /** Absolute. */
  readonly cwd: string
  /** Laid over the environment that the command inherits. */
  readonly env: Readonly<Record<string, string>>
  /** A path that answers below 500 when it is ready; without one, the port accepts a connection. */
  readonly ready?: string
  readonly timeoutMs: number
  /** Use what already listens; undefined: yes, except in CI. */
  readonly reuse?: boolean
  /** Of `start`. */
  readonly place: Place
}

export interface StartInput {
  readonly command: string | readonly string[]
  readonly ready?: string | undefined
  readonly timeout: number
  readonly reuse?: boolean | undefined
  readonly env: Readonly<Record<string, string>>
}

const TIMEOUT_MS = 30_000

const literal = (text: string): boolean => !text.includes('{{')
const isNoTemplate = {
  error: ({ input }: { input?: unknown }) =>
    `${shown(input)} is a template, and "start" takes none.\nThe command inherits the environment: let it read its variables there.`,
}

const word: z.ZodType<string> = z.string().min(1).refine(literal, isNoTemplate)

const command: z.ZodType<StartInput['command']> = z.union(
  [z.string().trim().min(1).refine(literal, isNoTemplate), z.array(word).min(1)],
  {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : `${shown(input)} is not a command.\nWrite a line for the shell, or a list of words: [node, server.mjs]`,
  },
)

const ready: z.ZodType<string> = z.string().refine((text) => text.startsWith('/') && literal(text), {
  error: ({ input }) =>
    `${shown(input)} is not a path.\nWrite a path of the service, e.g. /health; scheme and host are its base_url.`,
})

const variable: z.ZodType<string> = z.string().regex(/^[^=\0]+$/)
const value: z.ZodType<string> = scalar.transform(String).refine(literal, isNoTemplate)

export const start: z.ZodType<StartInput> = z.strictObject(
  {
    command: command.meta({
      description: 'A line for the shell, or a program with its arguments; it runs as long as the service does.',
    }),
    ready: ready.optional().meta({
      title: 'path',
      description: 'Behind `base_url`; ready is what answers below 500.',
      unset: 'what accepts a connection at the port of `base_url`',
    }),
    timeout: duration.default(TIMEOUT_MS).meta({
      description: 'To become ready; then the scenario fails, with the last lines of output.',
      unset: '`30s`',
    }),
    reuse: z.boolean().optional().meta({
      description: 'Use what listens there already; `false`: that is an error.',
      unset: '`true`, in CI `false`',
    }),
    env: z.record(variable, value).default({}).meta({ description: 'Laid over the environment.', unset: 'none' }),
  },
  {
    error: ({ code, input }) =>
      code === 'invalid_type'
        ? `"start" must be a mapping (key: value), not ${shown(input)}.\nWrite start: { command: node server.mjs }; without "start" the service is expected to be there.`
        : undefined,
  },
)

export const startOfProfile: z.ZodType<StartInput | false> = z.union([z.literal(false), start], {
  error: ({ input }) =>
    `"start" cannot be ${shown(input)}.\nIn a profile it is a mapping with a command, or false: the service is expected to be there.`,
})

export function startSpec(input: StartInput, cwd: string, place: Place): StartSpec {
  return {
    command: input.command,
    cwd,
    env: input.env,
    ...(input.ready !== undefined && { ready: input.ready }),
    timeoutMs: input.timeout,
    ...(input.reuse !== undefined && { reuse: input.reuse }),
    place,
  }
}
