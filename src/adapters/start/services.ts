// The services that scenarios need and a test run brings up: each is started once, shared by all that
// ask for the same, and stopped at the end. Whoever asks waits until it is ready, or learns why not.
import type { Cancel, Clock } from '../../clock.ts'
import { formatMs } from '../../units.ts'
import { ProcessGroup } from './process-group.ts'
import { hostAndPort, LOOK_MS, pathAnswers, portAccepts, untilReady } from './readiness.ts'
import type { Probe } from './readiness.ts'
import { cancelled, commandText, endedText, lastWords, notReadyText, refused, taken } from './words.ts'
import type { Start } from './words.ts'

export type { Start } from './words.ts'

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
      if (service.ended !== undefined) throw refused(start, service.ended)
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
    const { signal } = this.#cancelled
    const address = hostAndPort(start.baseUrl)
    const isTaken = (await portAccepts(start.baseUrl)(LOOK_MS)) === undefined
    if (signal.aborted) throw cancelled(start)
    if (!isTaken) return this.#run(start, signal)
    const byUs = this.#holds(address)
    if (byUs || !(start.reuse ?? !isCi(this.#options.env))) throw taken(start, address, byUs)
    return this.#reuse(start, address, signal)
  }

  /** Is it a service of ours that listens there? Then it was started by another command. */
  #holds(address: string): boolean {
    return [...this.#users].some(
      ({ service: { start, group } }) =>
        group !== undefined && group.ending === undefined && hostAndPort(start.baseUrl) === address,
    )
  }

  async #reuse(start: Start, address: string, signal: AbortSignal): Promise<Service> {
    const { clock, say } = this.#options
    say(`${start.service}  not started: uses what already listens at ${address}`)
    const why = await untilReady(probeOf(start), { clock, timeoutMs: start.timeoutMs, signal })
    if (signal.aborted) throw cancelled(start)
    if (why === undefined) return { start, group: undefined }
    throw refused(start, notReadyText(start, why), `It was not started: something already listened at ${address}.`)
  }

  async #run(start: Start, signal: AbortSignal): Promise<Service> {
    const { clock, say, env } = this.#options
    const begunMs = clock.now()
    say(`${start.service}  starting: ${commandText(start, env)}`)
    const group = new ProcessGroup({ command: start.command, cwd: start.cwd, env: { ...env, ...start.env } }, clock)
    this.#guard(group)
    const why = await this.#untilReadyOrEnded(start, group, signal)
    if (signal.aborted) throw cancelled(start)
    const took = formatMs(clock.now() - begunMs)
    if (group.ending !== undefined)
      throw refused(start, endedText(start, group, `before it was ready, after ${took}`, env))
    if (why !== undefined) {
      await group.stop()
      throw refused(start, `${notReadyText(start, why)}${lastWords(start, group, env)}`)
    }
    say(`${start.service}  ready after ${took} at ${new URL(start.baseUrl).origin}`)
    const service: Service = { start, group }
    void group.whenEnded.then(() => this.#lost(service))
    return service
  }

  /** Why it is not ready; undefined when it is, or when it will not become so. */
  async #untilReadyOrEnded(start: Start, group: ProcessGroup, signal: AbortSignal): Promise<string | undefined> {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    const { clock } = this.#options
    const ready = untilReady(probeOf(start), { clock, timeoutMs: start.timeoutMs, signal: either })
    try {
      return await Promise.race([ready, group.whenEnded.then(() => undefined)])
    } finally {
      over.abort()
    }
  }

  /** A service that ended although nobody stopped it. */
  #lost(service: Service): void {
    const { start, group } = service
    if (group === undefined || group.wasStopped) return
    service.ended = endedText(start, group, 'during the run', this.#options.env)
    this.#options.say(service.ended)
    for (const user of this.#users) if (user.service === service) user.ended(service.ended)
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

function probeOf({ baseUrl, ready }: Start): Probe {
  return ready === undefined ? portAccepts(baseUrl) : pathAnswers(baseUrl, ready)
}

function isCi({ CI = '' }: NodeJS.ProcessEnv): boolean {
  return CI !== '' && CI !== 'false' && CI !== '0'
}
