// One agent's way to the services: sends a step's request under limits and pressure, again when its answer
// asks for that, has each answer judged and turns each attempt into exactly one Sample.
import type { Judge, Request } from '../actions/action.ts'
import { beginStretch, isTired } from '../effort.ts'
import type { Leaving } from '../limits/leaving.ts'
import { NOT_ADMITTED } from '../limits/rate-limit.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Random } from '../random.ts'
import type { Failure, Outcome } from '../sample.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { AgentContext } from './context.ts'
import { IDLE } from './given.ts'
import { sampleOf } from './measure.ts'
import { asInjected } from './pressure.ts'
import { NO_SLOT } from './program.ts'
import { decideNext, isPlain, JUDGE, withNote } from './next-attempt.ts'
import type { Ended, Next } from './next-attempt.ts'
import { redirectTarget } from './redirect.ts'
import { Sender } from './sender.ts'
import type { Reply } from './transport.ts'
import { Underway } from './underway.ts'
import type { World } from './world.ts'

export class Requests implements Leaving {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #sender: Sender
  /** Ends the wait for the breaker or the rate limit, while there is one. */
  #leave: (() => void) | undefined
  /** The current request, or the last one of this iteration. */
  #under: Underway | undefined

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#sender = new Sender(world, agent)
  }

  begin(): void {
    this.#sender.begin()
  }

  /** The iteration is over. */
  end(): void {
    this.#under = undefined
    this.#sender.end()
  }

  /** Ends the one under way as `aborted`. */
  abort(): void {
    this.#leave?.()
    this.#sender.abort()
  }

  get aborted(): boolean {
    return this.#agent.stopped
  }

  addEventListener(_: 'abort', leave: () => void): void {
    this.#leave = leave
  }

  removeEventListener(): void {
    this.#leave = undefined
  }

  /** @param due in the clock's milliseconds, before it waited for anything */
  request(slot: number, request: Request, judge: Judge, due: number): Promise<Failure | undefined> {
    const { guard } = this.#world
    const pressure = this.#agent.pressureOn(request.service)
    const under = new Underway(slot, request, judge, due, this.#sender.pathOf(request), pressure)
    if (guard !== undefined && !this.#agent.hasSent && this.#agent.isLoad) return this.#first(under, guard)
    return this.#exchange(under)
  }

  /** The first request of an iteration passes the slow start, which holds it back while no service has proven sound. */
  async #first(under: Underway, guard: BreakerGuard): Promise<Failure | undefined> {
    const { group = '', iteration } = this.#agent
    const heldMs = await guard.enter(this.#agent, this, { group, isIdle: iteration === IDLE })
    if (heldMs === NOT_ADMITTED) return notSent
    under.heldMs = heldMs
    const failure = await this.#exchange(under)
    if (failure === undefined) guard.answered(this.#agent)
    return failure
  }

  #exchange(under: Underway): Promise<Failure | undefined> {
    this.#sender.forget()
    const repeats = under.pressure?.retryCount ?? 0
    return repeats === 0 ? this.#attempt(under) : this.#repeated(under, repeats)
  }

  async #repeated(under: Underway, times: number): Promise<Failure | undefined> {
    let failure = await this.#attempt(under)
    for (let repeat = 1; repeat <= times && !this.#agent.stopped; repeat++) {
      this.#agent.pressure?.countRepeat()
      under.repeat()
      failure = await this.#attempt(under)
    }
    return failure
  }

  /** Sends it, again as long as its rules ask for that, until it has come to an end. */
  #attempt(under: Underway): Promise<Failure | undefined> {
    this.#under = under
    under.rateLimitMs = under.drawn = undefined
    return under.pressure === undefined ? this.#admit(under) : this.#press(under, under.pressure)
  }

  /** Waits what was drawn for this attempt; neither limits nor services see that time. */
  async #press(under: Underway, pressure: Pressure): Promise<Failure | undefined> {
    const drawn = this.#agent.drawPressure(pressure)
    if (drawn !== undefined && drawn.latencyMs > 0) {
      this.#agent.hasWaited = true
      await this.#world.clock.sleep(drawn.latencyMs, this.#agent.signal)
    }
    under.drawn = drawn
    return drawn?.failure === undefined ? this.#admit(under) : this.#send(under)
  }

  #admit(under: Underway): Promise<Failure | undefined> {
    const waits = this.#world.limiter?.acquire(this, under.request.service)
    if (waits instanceof Promise) return waits.then(this.#goOn)
    under.rateLimitMs = waits
    return this.#send(under)
  }

  #send(under: Underway): Promise<Failure | undefined> {
    return this.#agent.stopped ? Promise.resolve(notSent) : this.#sender.send(under, under.drawn).then(this.#goOn)
  }

  /**
   * Goes on after a wait, with what it came to: the milliseconds of the rate limit, or the service's reply. One closure per
   * agent serves both, because an `async` function would cost every waiting agent half a kilobyte.
   */
  readonly #goOn = (heard: number | Reply): Failure | undefined | Promise<Failure | undefined> => {
    const under = this.#under
    if (under === undefined) throw new Error('nothing is under way')
    if (typeof heard === 'number') {
      under.rateLimitMs = heard
      return this.#send(under)
    }
    this.#sender.hear(heard)
    return isTired() ? this.#world.rest.take().then(() => this.#heard(under, heard)) : this.#heard(under, heard)
  }

  #heard(under: Underway, reply: Reply): Failure | undefined | Promise<Failure | undefined> {
    const next = this.#judged(under, reply)
    return next.kind === 'judge' || next.kind === 'fail' ? under.failure : this.#again(next, under, reply)
  }

  async #again(next: Again, under: Underway, reply: Reply): Promise<Failure | undefined> {
    if (next.kind === 'follow') {
      const wrong = this.#follow(next.location, reply, under)
      if (wrong !== undefined) return wrong
    } else await this.#waitFor(next, under)
    return this.#attempt(under)
  }

  /** The wait before a retry, or for `Retry-After`. */
  async #waitFor(next: Extract<Again, { readonly waitMs: number }>, under: Underway): Promise<void> {
    const since = this.#agent.now()
    await this.#agent.sleep(next.waitMs)
    const waitedMs = this.#agent.now() - since
    if (next.kind === 'wait') under.waitedMs = [...under.waitedMs, waitedMs]
    under.heldMs = undefined
    under.retryMs = waitedMs
    under.attempt++
  }

  /** Points the request to where the answer redirects it; the failure when it may not go there. */
  #follow(location: string, { status }: Reply, under: Underway): Failure | undefined {
    const from = { url: this.#agent.lastSent?.url ?? '', status, location }
    const to = redirectTarget(under, from, this.#world.endpoints)
    if ('outcome' in to) return to
    under.follow(to)
    return undefined
  }

  /** Judges an attempt, records its sample and decides what comes next; `under.failure` is set when nothing does. */
  #judged(under: Underway, reply: Reply): Next {
    under.number++
    under.failure = undefined
    const next = isPlain(under.request, reply) ? JUDGE : decideNext(under.request, this.#ended(under, reply), under)
    let outcome: Outcome = 'failed'
    try {
      if (next.kind === 'fail') under.failure = next.failure
      else if (next.kind === 'judge') under.failure = withNote(this.#judge(reply, under.judge), next)
      outcome =
        next.kind === 'retry' ? next.outcome : next.kind === 'wait' ? 'rate_limited' : (under.failure?.outcome ?? 'ok')
      return next
    } finally {
      // A request that was sent is a sample, even when judging its answer throws.
      this.#record(under, outcome, reply, next.kind === 'judge' || next.kind === 'fail')
    }
  }

  #ended({ number }: Underway, reply: Reply): Ended {
    return {
      reply,
      answer: this.#agent.last,
      epochMs: () => this.#world.clock.epoch(),
      random: (): Random => this.#agent.chance(`retry:${number}`),
    }
  }

  #judge(reply: Reply, judge: Judge): Failure | undefined {
    beginStretch()
    const { last } = this.#agent
    if (reply.error === undefined) {
      const failure = last === undefined ? undefined : judge(last, this.#agent)
      return reply.isInjected === true ? asInjected(failure) : failure
    }
    const { outcome, code, message } = reply.error
    const failure = { outcome, key: `${outcome}: ${code}`, message }
    return reply.isInjected === true ? asInjected({ ...failure, key: outcome }) : failure
  }

  /** The slot to count in: what pressure injected or repeated has slots of its own. */
  #slot(slot: number, reply: Reply, isRepeat: boolean): number {
    const twins = this.#world.plan.slots[slot]?.twins
    if (twins === undefined) return slot
    return reply.isInjected === true ? twins.injected : isRepeat ? twins.repeat : slot
  }

  #record(under: Underway, outcome: Outcome, reply: Reply, isEnd: boolean): void {
    const slot = this.#slot(under.slot, reply, under.isRepeat)
    if (slot === NO_SLOT) return
    this.#world.observer.sample(sampleOf(slot, this.#agent, outcome, reply, under, isEnd))
  }
}

/** What comes next, when the request is sent again. */
type Again = Exclude<Next, { readonly kind: 'judge' | 'fail' }>

/** Stopped while it waited for its turn, or for another: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}
