// One exchange of one agent: the request with its cookies goes to its service, or to the pressure that
// stands in front of it, and the agent hears the answer. When it is sent, and how often, is requests.ts.
import type { Answer, Request } from '../actions/action.ts'
import type { Drawn } from '../pressure/draw.ts'
import { ReplyAnswer } from './answer.ts'
import type { AgentContext } from './context.ts'
import { CookieStore } from './cookies.ts'
import { injectedReply, sendWithin } from './pressure.ts'
import type { Target } from './redirect.ts'
import type { Channel, Reply } from './transport.ts'
import type { Sent, World } from './world.ts'

export class Sender {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #channel: Channel
  /** The request under way. */
  #sent: Mutable<Sent> | undefined
  #mostBytes = 0

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#channel = world.transport.channel()
  }

  begin(): void {
    if (this.#world.plan.cookies === 'iteration') this.#agent.carried.cookies = undefined
  }

  /** The iteration is over: drops its last request and answer. */
  end(): void {
    this.#sent = undefined
    this.#channel.release?.()
  }

  abort(): void {
    this.#channel.abort()
  }

  /** Drops the last request and answer before the next; not in a mocked run, whose answers may be made from the last one. */
  forget(): void {
    if (this.#world.plan.mock !== undefined) return
    this.#agent.last = this.#agent.lastSent = this.#sent = undefined
    this.#channel.release?.()
  }

  /** With the base path of its service. */
  pathOf({ service, path }: Request): string {
    const basePath = this.#world.endpoints.get(service)?.basePath
    return basePath === undefined ? path : `${basePath}${path}`
  }

  /** Sends one attempt; the caller hands the reply to `hear`. */
  send({ request, path }: Target, drawn: Drawn | undefined): Promise<Reply> {
    const { plan, endpoints, clock } = this.#world
    const agent = this.#agent
    const endpoint = endpoints.get(request.service)
    if (endpoint === undefined) throw new Error(`the plan has no service "${request.service}"`)
    const { service, origin, host } = endpoint
    const url = `${origin}${path}`
    const headers = agent.carried.cookies?.addTo(request.headers, url) ?? request.headers
    agent.hasWaited = agent.hasSent = true
    this.#sent = { request, headers, url, answer: undefined }
    this.#mostBytes = service.maxBodyBytes
    const mock = plan.mock === undefined ? undefined : request.mock?.(agent)
    const { method, body, timeoutMs } = request
    const wire = { method, path, headers, body, timeoutMs, mock }
    if (drawn?.failure !== undefined) return Promise.resolve(injectedReply(drawn.failure, host, clock.now()))
    return drawn?.patienceMs === undefined
      ? this.#channel.send(service, wire)
      : sendWithin(drawn.patienceMs, { channel: this.#channel, clock, service, wire })
  }

  /** Makes the reply the agent's last answer, and keeps its cookies. */
  hear(reply: Reply): void {
    const agent = this.#agent
    const sent = this.#sent
    if (sent === undefined) throw new Error('nothing was sent')
    sent.answer = this.#answer(reply, sent.url)
    agent.last = reply.error === undefined ? sent.answer : undefined
    agent.sent = agent.lastSent = sent
  }

  #answer(reply: Reply, url: string): Answer | undefined {
    if (reply.error !== undefined && reply.status === 0) return undefined
    const cookies = reply.error === undefined ? reply.headers['set-cookie'] : undefined
    if (cookies !== undefined && this.#world.plan.cookies !== false) {
      const { carried } = this.#agent
      carried.cookies ??= new CookieStore()
      carried.cookies.keep(cookies, url)
    }
    return new ReplyAnswer(reply, this.#mostBytes)
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
