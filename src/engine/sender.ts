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
import type { World } from './world.ts'

export class Sender {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #channel: Channel

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#channel = world.transport.channel()
  }

  begin(): void {
    if (this.#world.plan.cookies === 'iteration') this.#agent.carried.cookies = undefined
  }

  abort(): void {
    this.#channel.abort()
  }

  /** With the base path of its service. */
  pathOf({ service, path }: Request): string {
    const base = this.#world.baseUrls.get(service)
    return base === undefined || base.pathname === '/' ? path : `${base.pathname}${path}`
  }

  /** The agent's `sent` and `last` are what came of it. */
  async send({ request, path }: Target, drawn: Drawn | undefined): Promise<{ reply: Reply; url: string }> {
    const { plan, baseUrls, clock } = this.#world
    const agent = this.#agent
    const service = plan.services[request.service]
    const base = baseUrls.get(request.service)
    if (service === undefined || base === undefined) throw new Error(`the plan has no service "${request.service}"`)
    const url = `${base.origin}${path}`
    const headers = agent.carried.cookies?.addTo(request.headers, url) ?? request.headers
    agent.hasWaited = agent.hasSent = true
    const mock = plan.mock === undefined ? undefined : request.mock?.(agent)
    const { method, body, timeoutMs } = request
    const wire = { method, path, headers, body, timeoutMs, mock }
    const reply = await (drawn === undefined
      ? this.#channel.send(service, wire)
      : drawn.failure !== undefined
        ? injectedReply(drawn.failure, base.host, clock.now())
        : drawn.patienceMs === undefined
          ? this.#channel.send(service, wire)
          : sendWithin(drawn.patienceMs, { channel: this.#channel, clock, service, wire }))
    const answer = this.#hear(reply, url, service.maxBodyBytes)
    agent.sent = agent.lastSent = { request, headers, url, answer }
    return { reply, url }
  }

  #hear(reply: Reply, url: string, mostBytes: number): Answer | undefined {
    const agent = this.#agent
    if (reply.error !== undefined) {
      agent.last = undefined
      return reply.status === 0 ? undefined : new ReplyAnswer(reply, mostBytes)
    }
    const cookies = reply.headers['set-cookie']
    if (cookies !== undefined && this.#world.plan.cookies !== false) {
      agent.carried.cookies ??= new CookieStore()
      agent.carried.cookies.keep(cookies, url)
    }
    agent.last = new ReplyAnswer(reply, mostBytes)
    return agent.last
  }
}
