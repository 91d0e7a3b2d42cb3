// The services that scenarios need and a test run brings up: each is started once, shared by all that
// ask for the same, and stopped at the end. Whoever asks waits until it is ready, or learns why not.
import type { Cancel, Clock } from '../../clock.ts'
import { TurbulenceError } from '../../errors.ts'
import { environmentRedactor, secretEnvNames } from '../../redact.ts'
import type { Plan } from '../../run.ts'
import { formatMs } from '../../units.ts'
import { ProcessGroup } from './process-group.ts'
import { hostAndPort, LOOK_MS, pathAnswers, portAccepts, untilReady } from './readiness.ts'
import type { Probe } from './readiness.ts'

export type Start = Plan['start'][number]

export interface ServicesOptions {
  readonly clock: Clock
  /** What commands inherit. */
  readonly env: NodeJS.ProcessEnv
  /** A line for people. */
  readonly say: (line: string) => void
}

interface Service {
  readonly start: Start
  /** Undefined when something else listened there already. */
  readonly group: ProcessGroup | undefined
  /** Why it is of no use any more. */
  ended?: string
}

/** Of the last lines that are kept. */
const SHOWN_LINES = 20
const SHOWN_CHARACTERS = 300
/** Shorter values of inherited variables (`SESSION=user`) are words that occur anywhere. */
const SHORTEST_SECRET = 8

export class Services {
  readonly #options: ServicesOptions
  readonly #services = new Map<string, Promise<Service>>()
  readonly #groups = new Set<ProcessGroup>()
  readonly #users = new Set<{ readonly service: Service; readonly ended: (text: string) => void }>()
  #cancelled = new AbortController()
  #removeExit: Cancel = () => undefined

  constructor(options: ServicesOptions) {
    this.#options = options
  }

  /**
   * Resolves when all of them are ready, one after the other: one may need those before it.
   * @param ended called with a text when one of them ends before it is stopped
   * @throws TurbulenceError `start` when one does not get ready, or ended earlier in this test run
   */
  async need(starts: readonly Start[], ended: (text: string) => void): Promise<void> {
    for (const start of starts) {
      const service = await this.#once(start)
      if (service.ended !== undefined) throw failed(start, service.ended)
      this.#users.add({ service, ended })
    }
  }

  /** Whoever waits for one that is not ready yet is told that it will not come. */
  cancel(): void {
    this.#cancelled.abort()
    this.#cancelled = new AbortController()
  }

  /** Stops all of them; what is needed later is started again. */
  async stop(): Promise<void> {
    this.cancel()
    const groups = [...this.#groups]
    this.#services.clear()
    this.#users.clear()
    await Promise.all(groups.map((group) => group.stop()))
    for (const group of groups) this.#groups.delete(group)
    if (this.#groups.size === 0) this.#removeExit()
  }

  #once(start: Start): Promise<Service> {
    const key = JSON.stringify([start.command, start.cwd, start.env, start.baseUrl])
    const known = this.#services.get(key)
    if (known !== undefined) return known
    const service = this.#open(start)
    // A failure is not tried again: every file that needs it fails for the same reason.
    service.catch(() => undefined)
    this.#services.set(key, service)
    return service
  }

  async #open(start: Start): Promise<Service> {
    const address = hostAndPort(start.baseUrl)
    const { signal } = this.#cancelled
    const isTaken = (await portAccepts(start.baseUrl)(LOOK_MS)) === undefined
    if (signal.aborted) throw cancelled(start)
    if (!isTaken) return this.#run(start, signal)
    const reuse = start.reuse ?? !isCi(this.#options.env)
    if (reuse && !this.#holds(address)) return this.#reuse(start, address, signal)
    throw new TurbulenceError(
      'start',
      `Service "${start.service}" cannot be started: something already listens at ${address}.`,
      { hint: this.#holds(address) ? OTHER_COMMAND : wayOut(start), place: start.place },
    )
  }

  /** Is it a service of ours that listens there? Then it was started by another command. */
  #holds(address: string): boolean {
    return [...this.#users].some(
      ({ service: { start, group } }) =>
        group !== undefined && group.ending === undefined && hostAndPort(start.baseUrl) === address,
    )
  }

  async #reuse(start: Start, address: string, signal: AbortSignal): Promise<Service> {
    this.#options.say(`${start.service}  not started: uses what already listens at ${address}`)
    const why = await untilReady(probeOf(start), { clock: this.#options.clock, timeoutMs: start.timeoutMs, signal })
    if (signal.aborted) throw cancelled(start)
    if (why === undefined) return { start, group: undefined }
    throw new TurbulenceError(
      'start',
      `Service "${start.service}" is not ready after ${formatMs(start.timeoutMs)}: ${why}.`,
      { hint: `It was not started here: something already listened at ${address}.`, place: start.place },
    )
  }

  async #run(start: Start, signal: AbortSignal): Promise<Service> {
    const { clock, say, env } = this.#options
    const begunMs = clock.now()
    say(`${start.service}  starting: ${this.#mask(start, commandText(start))}`)
    const group = new ProcessGroup({ command: start.command, cwd: start.cwd, env: { ...env, ...start.env } }, clock)
    this.#guard(group)
    const given = new AbortController()
    const either = AbortSignal.any([signal, given.signal])
    const ready = untilReady(probeOf(start), { clock, timeoutMs: start.timeoutMs, signal: either })
    const ending = await Promise.race([group.whenEnded, ready.then(() => undefined)])
    given.abort()
    const took = formatMs(clock.now() - begunMs)
    if (signal.aborted) throw cancelled(start)
    const why = ending === undefined ? await ready : undefined
    if (ending !== undefined || group.ending !== undefined)
      throw failed(start, this.#ended(start, group, `before it was ready, after ${took}`))
    if (why !== undefined) {
      const text = `Service "${start.service}" is not ready after ${formatMs(start.timeoutMs)}: ${why}.`
      await group.stop()
      throw failed(start, `${text}${this.#last(start, group)}`)
    }
    say(`${start.service}  ready after ${took} at ${new URL(start.baseUrl).origin}`)
    const service: Service = { start, group }
    void group.whenEnded.then(() => this.#lost(service))
    return service
  }

  /** A service that ended although nobody stopped it. */
  #lost(service: Service): void {
    if (service.group === undefined || service.group.wasStopped) return
    service.ended = this.#ended(service.start, service.group, 'during the run')
    this.#options.say(service.ended)
    for (const user of this.#users) if (user.service === service) user.ended(service.ended)
  }

  #ended(start: Start, group: ProcessGroup, when: string): string {
    const command = this.#mask(start, commandText(start))
    return `Service "${start.service}" ended ${when}: "${command}", ${group.ending ?? ''}.${this.#last(start, group)}`
  }

  /** What it wrote last, as lines below a message. */
  #last(start: Start, group: ProcessGroup): string {
    const lines = this.#mask(start, group.output.lines().slice(-SHOWN_LINES).join('\n')).split('\n')
    if (lines.join('') === '') return '\nIt wrote nothing.'
    return ['\nIt wrote at last:', ...lines.map((line) => `  ${line.slice(0, SHOWN_CHARACTERS)}`)].join('\n')
  }

  #mask(start: Start, text: string): string {
    const inherited = Object.entries(this.#options.env).filter(
      ([name, value]) => secretEnvNames(name) && (value ?? '').length >= SHORTEST_SECRET,
    )
    const all = environmentRedactor({ ...(Object.fromEntries(inherited) as Record<string, string>), ...start.env })
    return all.text(text)
  }

  /** It ends with this process, however that ends. */
  #guard(group: ProcessGroup): void {
    if (this.#groups.size === 0) {
      const kill = (): void => this.#groups.forEach((each) => each.kill())
      process.on('exit', kill)
      this.#removeExit = () => process.off('exit', kill)
    }
    this.#groups.add(group)
  }
}

const OTHER_COMMAND = 'Another scenario of this test run started it with another command, folder or environment.'

function wayOut({ reuse }: Start): string {
  const use = reuse === false ? 'remove "reuse: false" to use it' : 'set "reuse: true" to use it (in CI it is false)'
  return `Stop it, give the service another port, or ${use}.`
}

function probeOf({ baseUrl, ready }: Start): Probe {
  return ready === undefined ? portAccepts(baseUrl) : pathAnswers(baseUrl, ready)
}

function commandText({ command }: Start): string {
  return typeof command === 'string' ? command : command.join(' ')
}

function failed({ place }: Start, message: string): TurbulenceError {
  return new TurbulenceError('start', message, { place })
}

function cancelled(start: Start): TurbulenceError {
  return failed(start, `Service "${start.service}" was not started: the run was cancelled.`)
}

function isCi({ CI = '' }: NodeJS.ProcessEnv): boolean {
  return CI !== '' && CI !== 'false' && CI !== '0'
}
