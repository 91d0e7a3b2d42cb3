// One agent's way to the services: sends a step's request under limits and pressure, again when its answer
// asks for that, has each answer judged and turns each attempt into exactly one Sample.
import type { Judge } from '../actions/action.ts'
import { beginStretch, isTired } from '../effort.ts'
import { NOT_ADMITTED } from '../limits/rate-limit.ts'
import type { Drawn } from '../pressure/draw.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Random } from '../random.ts'
import type { Failure, Outcome } from '../sample.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { AgentContext } from './context.ts'
import { IDLE } from './given.ts'
import { sampleOf } from './measure.ts'
import type { Waits } from './measure.ts'
import { asInjected } from './pressure.ts'
import { NO_SLOT } from './program.ts'
import { decideNext, withNote } from './next-attempt.ts'
import type { Course, Next } from './next-attempt.ts'
import { redirectTarget } from './redirect.ts'
import type { Target } from './redirect.ts'
import { Sender } from './sender.ts'
import type { Reply } from './transport.ts'
import type { Ask, World } from './world.ts'

export class Requests {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #sender: Sender
  /** Of the attempt that was judged last, as its sample has it. */
  #number = 0
  readonly #epochMs = (): number => this.#world.clock.epoch()
  readonly #random = (): Random => this.#agent.chance(`retry:${this.#number}`)

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#sender = new Sender(world, agent)
  }

  begin(): void {
    this.#sender.begin()
  }

  /** Ends the one under way as `aborted`. */
  abort(): void {
    this.#sender.abort()
  }

  request(ask: Ask): Promise<Failure | undefined> {
    const { guard } = this.#world
    return guard === undefined || this.#agent.hasSent || !this.#agent.isLoad
      ? this.#exchange(ask)
      : this.#first(ask, guard)
  }

  /** Held back while it is not known whether the services answer as expected. */
  async #first(ask: Ask, guard: BreakerGuard): Promise<Failure | undefined> {
    const heldMs = await guard.enter(this.#agent, this.#agent.signal, this.#agent.iteration === IDLE)
    if (heldMs === NOT_ADMITTED) return notSent
    const failure = await this.#exchange({ ...ask, heldMs })
    if (failure === undefined) guard.answered(this.#agent)
    return failure
  }

  async #exchange(ask: Ask): Promise<Failure | undefined> {
    const pressure = this.#agent.pressureOn(ask.request.service)
    const repeats = pressure?.retryCount ?? 0
    const sent = { attempts: 0, isRepeat: false }
    let failure = await this.#untilJudged(ask, pressure, sent)
    for (let repeat = 1; repeat <= repeats && !this.#agent.stopped; repeat++) {
      this.#agent.pressure?.countRepeat()
      sent.isRepeat = true
      failure = await this.#untilJudged({ ...ask, heldMs: undefined }, pressure, sent)
    }
    return failure
  }

  /** Sends it, again as long as its rules ask for that, until it has come to an end. */
  async #untilJudged(ask: Ask, pressure: Pressure | undefined, so: SoFar): Promise<Failure | undefined> {
    const agent = this.#agent
    // One object for all attempts: a new one for each, made by spreading, took most of what a request costs.
    const at: { -readonly [Key in keyof At]: At[Key] } = {
      attempt: 1,
      hops: 0,
      waitedMs: NONE,
      retryMs: undefined,
      number: 0,
      isRepeat: so.isRepeat,
    }
    let target: Target = { request: ask.request, path: this.#sender.pathOf(ask.request) }
    let heldMs = ask.heldMs
    for (;;) {
      const sent = await this.#attempt(target, pressure, heldMs)
      if (sent === undefined) return notSent
      at.number = ++so.attempts
      const { next, failure } = this.#judged(ask, sent, at)
      if (next.kind === 'judge' || next.kind === 'fail') return failure
      heldMs = at.retryMs = undefined
      if (next.kind === 'follow') {
        const from = { url: sent.url, status: sent.reply.status, location: next.location }
        const to = redirectTarget(target, from, this.#world.baseUrls)
        if ('outcome' in to) return to
        target = to
        at.hops++
        at.attempt = 1
        so.attempts = 0
        continue
      }
      const since = agent.now()
      await agent.sleep(next.waitMs)
      at.retryMs = agent.now() - since
      if (next.kind === 'wait') at.waitedMs = [...at.waitedMs, at.retryMs]
      at.attempt++
    }
  }

  /** Undefined when it was stopped before its turn. */
  async #attempt(
    target: Target,
    pressure: Pressure | undefined,
    heldMs: number | undefined,
  ): Promise<Attempt | undefined> {
    const { limiter } = this.#world
    const agent = this.#agent
    const drawn = pressure === undefined ? undefined : await this.#press(pressure)
    let rateLimitMs =
      limiter === undefined || drawn?.failure !== undefined
        ? undefined
        : await limiter.acquire(agent.signal, target.request.service)
    if (agent.stopped) return undefined
    if (heldMs !== undefined) rateLimitMs = heldMs + (rateLimitMs ?? 0)
    const { reply, url } = await this.#sender.send(target, drawn)
    if (isTired()) await this.#world.rest.take()
    return { target, reply, url, rateLimitMs }
  }

  /** What comes next; if nothing does, what it came to. Records the attempt. */
  #judged({ slot, judge, due }: Ask, sent: Attempt, at: At): { next: Next; failure: Failure | undefined } {
    const { reply, target, rateLimitMs } = sent
    this.#number = at.number
    const ended = { reply, answer: this.#agent.last, epochMs: this.#epochMs, random: this.#random }
    const next = decideNext(target.request, ended, at)
    const isEnd = next.kind === 'judge' || next.kind === 'fail'
    let outcome: Outcome = 'failed'
    try {
      const failure =
        next.kind === 'fail'
          ? next.failure
          : next.kind === 'judge'
            ? withNote(this.#judge(reply, judge), next)
            : undefined
      outcome =
        next.kind === 'retry' ? next.outcome : next.kind === 'wait' ? 'rate_limited' : (failure?.outcome ?? 'ok')
      return { next, failure }
    } finally {
      // A request that was sent is a sample, even when judging its answer throws.
      this.#record(this.#slot(slot, reply, at.isRepeat), outcome, reply, {
        due: isEnd ? due : undefined,
        rateLimitMs,
        retryMs: at.retryMs,
      })
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

  #record(slot: number, outcome: Outcome, reply: Reply, waits: Waits): void {
    if (slot === NO_SLOT) return
    const { cycle, iteration, index } = this.#agent
    const what = { slot, cycle, agent: index - 1, iteration, attempt: this.#number, outcome }
    this.#world.observer.sample(sampleOf(what, reply, waits))
  }
}

const NONE: readonly number[] = []

/** One that was sent, and how that ended. */
interface Attempt {
  readonly target: Target
  readonly reply: Reply
  /** In full. */
  readonly url: string
  readonly rateLimitMs: number | undefined
}

/** Of one step's request. */
interface SoFar {
  /** Since it was sent, or redirected. */
  attempts: number
  /** Sent again by pressure, whatever it was answered. */
  isRepeat: boolean
}

interface At extends Course {
  /** Of this attempt, as its sample has it. */
  readonly number: number
  /** Waited before this attempt. */
  readonly retryMs: number | undefined
  readonly isRepeat: boolean
}

/** Stopped while it waited for its turn, or for another: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}
