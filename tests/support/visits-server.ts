// A service that knows its visitors by a cookie alone, fails one agent in two cycles, and writes down what it
// received, in order: whoever is sent the same again answers the same again.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came, without what differs between two equal runs. */
export interface Visit {
  /** 0 for what is sent outside of cycles. */
  readonly cycle: number
  readonly agent: string
  readonly what: string
  readonly run: string
}

export interface VisitsServer {
  readonly url: string
  readonly log: Visit[]
  /** Called before a request is answered, with how many there were. */
  onRequest: (count: number) => void
  close(): Promise<void>
}

export async function startVisits(): Promise<VisitsServer> {
  const log: Visit[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method = '', url = '', headers } = request
      const of = (name: string): string => String(headers[name] ?? '')
      log.push({
        cycle: Number(of('x-cycle')),
        agent: of('x-agent'),
        what: `${method} ${url} [${of('cookie')}] ${body}`,
        run: of('x-run'),
      })
      visits.onRequest(log.length)
      const known = Number(/visits=(\d+)/.exec(of('cookie'))?.[1] ?? 0)
      const isFailing = of('x-agent') === 'shoppers-2' && ['3', '4'].includes(of('x-cycle')) && url === '/orders'
      response.writeHead(isFailing ? 500 : 200, {
        'content-type': 'application/json',
        ...(url.startsWith('/visit') && { 'set-cookie': `visits=${known + 1}; Path=/` }),
      })
      response.end(JSON.stringify(url === '/login' ? { token: 'of-the-admin' } : { visits: known + 1 }))
    })
  })
  const visits: VisitsServer = {
    url: '',
    log,
    onRequest: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(visits, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
  return body
}
