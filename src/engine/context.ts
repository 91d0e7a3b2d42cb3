// One agent: its names, its memory and what it is given. Which steps it runs is iteration.ts's business,
// sending their requests that of requests.ts.
import type { Answer, Judge, Request, StepContext } from '../actions/action.ts'
import type { Variation } from '../agents/variation.ts'
import { beginStretch } from '../effort.ts'
import type { GroupPlan } from '../plan/plan.ts'
import type { Drawn } from '../pressure/draw.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Random } from '../random.ts'
import type { Failure, Measurement } from '../sample.ts'
import { builtinOf } from './builtins.ts'
import type { Self } from './builtins.ts'
import { Carried } from './carried.ts'
import { Given } from './given.ts'
import type { Doing } from './observer.ts'
import type { Walk } from './iteration.ts'
import { AgentPressure } from './pressure.ts'
import type { Pressed } from './pressure.ts'
import { NO_SLOT } from './program.ts'
import type { CompiledStep } from './program.ts'
import { Requests } from './requests.ts'
import { settledWithin } from './within.ts'
import type { Sent, World } from './world.ts'

export class AgentContext implements StepContext, Doing, Self {
  readonly id: string
  readonly group: string | undefined
  readonly index: number
  last: Answer | undefined
  cycle = 0
  iteration = 0
  /** By the step that is running. */
  sent: Sent | undefined
  /** In this iteration. */
  lastSent: Sent | undefined
  /** When this iteration began. */
  beganMs = 0
  /** In an open workload: when it was due, and how long load had not been due by then, because of pauses. */
  due: { readonly ms: number; readonly stoodMs: number } | undefined
  /** Whether this iteration has let others run. */
  hasWaited = false
  /** Whether this iteration has sent a request. */
  hasSent = false
  /** Its walk through the steps; the object is reused by every iteration. */
  walk: Walk | undefined
  /** Whether what it does counts: setup, teardown and `on_failure` do not. */
  isLoad: boolean
  /** The first of this iteration. */
  failed: Doing['failed']
  readonly given: Given
  readonly carried: Carried = new Carried()
  /** Undefined when there is none. */
  readonly pressure: AgentPressure | undefined
  readonly #world: World
  readonly #requests: Requests
  readonly #group: GroupPlan | undefined
  #vars: Record<string, unknown> | undefined
  #step: CompiledStep | undefined
  #random: Random | undefined
  /** In which rounds of a `repeat` it is. */
  #rounds = ''
  #correlationId: string | undefined
  /** When the first request of this iteration was due, in an open workload. */
  #dueMs: number | undefined
  /** Cuts off what is under way when a graceful stop is over, the run's or this group's. */
  #cut: AbortController | undefined
  /** Whether `#cut` is aborted: the signal's own getter is too slow for every step, and `#cut` is only made when asked for. */
  stopped = false

  /** @param group undefined for setup and teardown; @param index from 1 */
  constructor(world: World, group?: GroupPlan, index = 0) {
    this.#world = world
    this.#requests = new Requests(world, this)
    this.#group = group
    this.group = group?.name
    this.index = index
    this.id = group === undefined ? 'setup' : `${group.name}-${index}`
    this.isLoad = group !== undefined
    this.given = new Given(world, group, this)
    const spec = world.plan.pressure
    if (spec !== undefined && group !== undefined)
      this.pressure = new AgentPressure(spec, (purpose) => this.stream(purpose))
  }

  /** `{{agent.*}}`. */
  get about(): Readonly<Record<string, unknown>> {
    return { id: this.id, index: this.index, group: this.group ?? '', vars: this.#group?.vars ?? {} }
  }

  get vars(): Record<string, unknown> {
    this.#vars ??= Object.create(null) as Record<string, unknown>
    return this.#vars
  }

  /** @param dueMs when it was due, if it is due at a certain moment */
  begin(cycle: number, iteration: number, dueMs?: number): void {
    this.cycle = cycle
    this.iteration = iteration
    this.end()
    this.hasWaited = this.hasSent = false
    this.#rounds = ''
    this.#dueMs = dueMs
    if (this.stopped) this.#cut = undefined
    this.stopped = false
    this.#requests.begin()
    this.given.begin(cycle, iteration)
    this.pressure?.begin()
  }

  /**
   * The iteration is over and reported: drops all that belongs to it. Otherwise it would survive every garbage collection
   * until the agent's next turn.
   */
  end(): void {
    this.#vars = undefined
    this.last = this.sent = this.lastSent = undefined
    this.failed = undefined
    this.#step = this.#random = this.#correlationId = undefined
    this.#requests.end()
    this.given.end()
  }

  enter(step: CompiledStep): void {
    this.#step = step
    this.#random = undefined
    this.sent = undefined
  }

  async runSteps(steps: readonly CompiledStep[], round?: number): Promise<boolean> {
    const { sent } = this
    const [step, random, rounds] = [this.#step, this.#random, this.#rounds]
    if (round !== undefined) this.#rounds += `#${round}`
    await this.walk?.run(steps)
    const goesOn = this.walk?.goesOn === true
    beginStretch()
    this.sent = sent
    ;[this.#step, this.#random, this.#rounds] = [step, random, rounds]
    return goesOn
  }

  /** Ends what is under way: the request as `aborted`, a wait at once. */
  abort(): void {
    this.stopped = true
    this.#cut?.abort()
    this.#requests.abort()
  }

  /** Aborts when it is stopped. */
  get signal(): AbortSignal {
    this.#cut ??= new AbortController()
    if (this.stopped) this.#cut.abort()
    return this.#cut.signal
  }

  builtin(name: string): unknown {
    return builtinOf(name, this, this.#world)
  }

  get correlationId(): string {
    this.#correlationId ??= this.stream('correlation_id').uuid()
    return this.#correlationId
  }

  policy(decision: string): Readonly<Record<string, number>> | undefined {
    return this.given.policy(decision)
  }

  random(): Random {
    this.#random ??= this.stream(this.#step === undefined ? 'step' : `step:${this.#step.source.path}${this.#rounds}`)
    return this.#random
  }

  record(slot: number, measurement: Measurement): void {
    if (slot !== NO_SLOT && this.isLoad) this.#world.observer.measurement(slot, measurement)
  }

  within(work: Promise<unknown>, ms: number): Promise<'done' | 'timeout' | 'aborted'> {
    return settledWithin(work, { ms, clock: this.#world.clock, signal: this.signal })
  }

  /** The stream of this purpose in the step that is running. */
  chance(purpose: string): Random {
    return this.stream(`${purpose}:${this.#step?.source.path ?? ''}${this.#rounds}`)
  }

  /** The one of this purpose in its iteration. */
  stream(purpose: string): Random {
    return this.#world.seed.stream(
      `${this.group ?? ''}\u0000${this.index}\u0000${this.cycle}\u0000${this.iteration}\u0000${purpose}`,
    )
  }

  async sleep(ms: number): Promise<void> {
    if (ms <= 0) return
    this.hasWaited = true
    if (this.#dueMs !== undefined) this.#dueMs += ms
    await this.#world.clock.sleep(ms, this.signal)
    beginStretch()
  }

  now(): number {
    return this.#world.clock.now()
  }

  check(slot: number, held: boolean): void {
    if (slot !== NO_SLOT) this.#world.observer.check(slot, held)
  }

  remember(name: string, value: unknown): void {
    this.carried.memory[name] = value
  }

  request(slot: number, request: Request, judge: Judge): Promise<Failure | undefined> {
    const due = this.#dueMs ?? this.#world.clock.now()
    this.#dueMs = undefined
    return this.#requests.request(slot, request, judge, due)
  }

  /** What a variation makes the agent wait: before the first step, and before each that is no mere look at an answer. */
  delayBefore({ isAssertion }: CompiledStep): number {
    const { variation } = this
    if (variation === undefined || !this.isLoad) return 0
    if (this.#step === undefined) return variation.jitterMs
    return isAssertion ? 0 : variation.stepDelayMs
  }

  get variation(): Variation | undefined {
    return this.given.variation
  }

  get pressed(): Pressed | undefined {
    return this.pressure?.pressed
  }

  /** @param secrets values that may turn up in its texts */
  noteFailure(step: string, failure: Failure, secrets: readonly string[]): void {
    if (this.isLoad) this.failed ??= { step, failure, secrets }
  }

  /** What is done to a request of the running step. */
  pressureOn(service: string): Pressure | undefined {
    return this.#step === undefined || !this.isLoad ? undefined : this.pressure?.on(this.#step.source, service)
  }

  drawPressure(pressure: Pressure): Drawn | undefined {
    return this.#step === undefined ? undefined : this.pressure?.draw(pressure, this.#step.source)
  }
}
