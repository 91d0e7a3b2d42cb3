// Names as an agent would give them, for tests of templates and conditions.
import type { Answer, Names } from '../../src/actions/action.ts'
import { Seed } from '../../src/random.ts'

/** An agent's names with these variables. */
export function namesWith(vars: Record<string, unknown> = {}, builtins: Record<string, unknown> = {}): Names {
  const known: Record<string, unknown> = {
    agent: { id: 'shoppers-1', index: 1, group: 'shoppers', vars: { tier: 'gold' } },
    cycle: 3,
    env: { API_URL: 'http://127.0.0.1:3000' },
    memory: Object.assign(Object.create(null), { seen: 2 }),
    setup: {},
    ...builtins,
  }
  const stream = new Seed(7).stream('step')
  return {
    vars: Object.assign(Object.create(null), vars),
    builtin: (name) => known[name],
    random: () => stream,
  }
}

/** An answer with this body. */
export function answerWith(body: string, more: Partial<Answer> = {}): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    latencyMs: 12,
    text: () => body,
    json() {
      try {
        return { value: JSON.parse(body) as unknown }
      } catch {
        return { error: `it begins with ${JSON.stringify(body.slice(0, 20))}` }
      }
    },
    ...more,
  }
}
