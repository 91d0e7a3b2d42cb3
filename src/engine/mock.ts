// The transport of a mocked run: every request is answered as its step says (actions/mock.ts), on the
// real clock, and nothing is sent.
import type { Clock } from '../clock.ts'
import { memoryTransport } from './memory.ts'
import type { Response } from './memory.ts'
import type { Transport, Wire } from './transport.ts'

export function mockTransport(clock: Clock): Transport {
  return memoryTransport({ clock, respond: (_, wire) => respond(wire) })
}

function respond({ mock }: Wire): Response {
  if (mock === undefined) return { status: 200, body: {}, latencyMs: 0 }
  const { wrong, ...answer } = mock
  if (wrong === undefined) return answer
  const message = `no answer can be made up: ${wrong}. Give the step a mock: mock: { status: 200, json: { … } }`
  return { status: 0, latencyMs: 0, error: { outcome: 'protocol', code: 'MOCK', message } }
}
