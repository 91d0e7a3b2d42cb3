// One agent's way to the services: sends a step's request under limits and pressure, again when its answer
// asks for that, has each answer judged and turns each attempt into exactly one Sample.
import type { Judge } from '../actions/action.ts'
import { beginStretch, isTired } from '../effort.ts'
import type { Leaving } from '../limits/leaving.ts'
import { NOT_ADMITTED } from '../limits/rate-limit.ts'
import type { Drawn } from '../pressure/draw.ts'
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
import type { Ask, World } from './world.ts'

export class Requests implements Leaving {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #sender: Sender
  /** Of the rate limit, while the agent waits for it. */
  #leave: (() => void) | undefined

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#sender = new Sender(world, agent)
  }

  begin(): void {
    this.#sender.begin()
  }

  /** Of an iteration. */
  end(): void {
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

  request(ask: Ask): Promise<Failure | undefined> {
    const { guard } = this.#world
    if (guard !== undefined && !this.#agent.hasSent && this.#agent.isLoad) return this.#first(ask, guard)
    return this.#exchange(ask)
  }

  /** Held back while it is not known whether the services answer as expected. */
  async #first(ask: Ask, guard: BreakerGuard): Promise<Failure | undefined> {
    const heldMs = await guard.enter(this.#agent, this.#agent.signal, this.#agent.iteration === IDLE)
    if (heldMs === NOT_ADMITTED) return notSent
    const failure = await this.#exchange(ask, heldMs)
    if (failure === undefined) guard.answered(this.#agent)
    return failure
  }

  #exchange(ask: Ask, heldMs?: number): Promise<Failure | undefined> {
    this.#sender.forget()
    const pressure = this.#agent.pressureOn(ask.request.service)
    const under = new Underway(ask, this.#sender.pathOf(ask.request), heldMs)
    return (pressure?.retryCount ?? 0) === 0
      ? this.#untilJudged(under, pressure)
      : this.#repeated(under, pressure?.retryCount ?? 0, pressure)
  }

  async #repeated(under: Underway, times: number, pressure: Pressure | undefined): Promise<Failure | undefined> {
    let failure = await this.#untilJudged(under, pressure)
    for (let repeat = 1; repeat <= times && !this.#agent.stopped; repeat++) {
      this.#agent.pressure?.countRepeat()
      under.repeat(this.#sender.pathOf(under.ask.request))
      failure = await this.#untilJudged(under, pressure)
    }
    return failure
  }

  /** Sends it, again as long as its rules ask for that, until it has come to an end. One function, as `Walk.run`. */
  async #untilJudged(under: Underway, pressure: Pressure | undefined): Promise<Failure | undefined> {
    const agent = this.#agent
    const { limiter, rest } = this.#world
    for (;;) {
      const drawn = pressure === undefined ? undefined : await this.#press(pressure)
      under.rateLimitMs = undefined
      if (limiter !== undefined && drawn?.failure === undefined) {
        const waits = limiter.acquire(this, under.request.service)
        under.rateLimitMs = typeof waits === 'number' ? waits : await waits
      }
      if (agent.stopped) return notSent
      const reply = await this.#sender.send(under, drawn)
      this.#sender.hear(reply)
      if (isTired()) await rest.take()
      const next = this.#judged(under, reply)
      if (next.kind === 'judge' || next.kind === 'fail') return under.failure
      if (next.kind !== 'follow') await this.#waitFor(next, under)
      else {
        const wrong = this.#follow(next.location, reply, under)
        if (wrong !== undefined) return wrong
      }
    }
  }

  /** Before it is sent again. */
  async #waitFor(next: Extract<Next, { readonly waitMs: number }>, under: Underway): Promise<void> {
    const since = this.#agent.now()
    await this.#agent.sleep(next.waitMs)
    const waitedMs = this.#agent.now() - since
    if (next.kind === 'wait') under.waitedMs = [...under.waitedMs, waitedMs]
    under.heldMs = undefined
    under.retryMs = waitedMs
    under.attempt++
  }

  /** To where an answer redirects. */
  #follow(location: string, { status }: Reply, under: Underway): Failure | undefined {
    const from = { url: this.#agent.lastSent?.url ?? '', status, location }
    const to = redirectTarget(under, from, this.#world.baseUrls)
    if ('outcome' in to) return to
    under.follow(to)
    return undefined
  }

  /** What comes next; if nothing does, `failure` is what it came to. Records the attempt. */
  #judged(under: Underway, reply: Reply): Next {
    under.number++
    under.failure = undefined
    const next = isPlain(under.request, reply) ? JUDGE : decideNext(under.request, this.#ended(under, reply), under)
    let outcome: Outcome = 'failed'
    try {
      if (next.kind === 'fail') under.failure = next.failure
      else if (next.kind === 'judge') under.failure = withNote(this.#judge(reply, under.ask.judge), next)
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

  /** Waits what was drawn for this attempt; neither limits nor services see that time. */
  async #press(pressure: Pressure): Promise<Drawn | undefined> {
    const drawn = this.#agent.drawPressure(pressure)
    if (drawn !== undefined && drawn.latencyMs > 0) {
      this.#agent.hasWaited = true
      await this.#world.clock.sleep(drawn.latencyMs, this.#agent.signal)
    }
    return drawn
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

  /** What pressure made is counted apart from what services and agents did. */
  #slot(slot: number, reply: Reply, isRepeat: boolean): number {
    const twins = this.#world.plan.slots[slot]?.twins
    if (twins === undefined) return slot
    return reply.isInjected === true ? twins.injected : isRepeat ? twins.repeat : slot
  }

  #record(under: Underway, outcome: Outcome, reply: Reply, isEnd: boolean): void {
    const slot = this.#slot(under.ask.slot, reply, under.isRepeat)
    if (slot === NO_SLOT) return
    const { cycle, iteration, index } = this.#agent
    const what = { slot, cycle, agent: index - 1, iteration, attempt: under.number, outcome }
    const { heldMs, retryMs } = under
    const rateLimitMs = heldMs === undefined ? under.rateLimitMs : heldMs + (under.rateLimitMs ?? 0)
    this.#world.observer.sample(sampleOf(what, reply, { due: isEnd ? under.ask.due : undefined, rateLimitMs, retryMs }))
  }
}

/** Stopped while it waited for its turn, or for another: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}
