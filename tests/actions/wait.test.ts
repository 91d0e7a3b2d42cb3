// `wait`: when it polls, what it lets pass, and what it says when its time is over.
import { describe, expect, test } from 'vitest'
import { answerWith } from '../support/agent-names.ts'
import { runStep } from '../support/step-context.ts'

const wait = { type: 'wait', path: '/jobs/{{id}}', expect: { jsonpath: '$.state', equals: 'done' } }
const answer = (state: string, more: object = {}): ReturnType<typeof answerWith> =>
  answerWith(JSON.stringify({ state, ...more }))
const vars = { id: 7 }

describe('wait', () => {
  test('polls until the answer is as expected, and extracts from that one', async () => {
    const answers = [answer('new'), answerWith('', { status: 503 }), answer('done', { rows: 3 })]
    const ran = await runStep({ ...wait, extract: { rows: '$.rows' } }, { vars, answers })
    expect(ran.failure).toBeUndefined()
    expect(ran.requests.map(({ path }) => path)).toEqual(['/jobs/7', '/jobs/7', '/jobs/7'])
    expect(ran.sleptMs).toEqual([1000, 1000])
    expect(ran.vars['rows']).toBe(3)
  })

  test('counts the expectations of the poll that ends it, and of no other', async () => {
    const ran = await runStep(wait, { vars, answers: [answer('new'), answer('new'), answer('done')] })
    expect(ran.checks).toEqual([true])
    const over = await runStep({ ...wait, timeout_seconds: 2 }, { vars, answers: [answer('new')] })
    expect(over.checks).toEqual([false])
  })

  test('fails with the last answer that it saw', async () => {
    const answers = [answer('new'), answer('running')]
    const ran = await runStep({ ...wait, interval_seconds: 0.5, timeout_seconds: 1.2 }, { vars, answers })
    expect(ran.requests.length).toBe(3)
    expect(ran.failure).toEqual({
      outcome: 'failed',
      key: 'wait: not within 1.2 s: $.state, expected "done"',
      message: 'not as expected within 1.2 s (3 polls); the last: $.state is "running", expected "done"',
    })
  })

  test('without expect, a 2xx ends it', async () => {
    const answers = [answerWith('', { status: 404 }), answerWith('', { status: 204 })]
    expect((await runStep({ type: 'wait' }, { answers })).requests.length).toBe(2)
  })

  test('goes on when there was no answer, and fails as the last poll did', async () => {
    const fault = { outcome: 'connection' as const, key: 'connection: ECONNREFUSED', message: 'refused' }
    const ran = await runStep({ ...wait, timeout_seconds: 3 }, { vars, fault })
    expect(ran.requests.length).toBe(4)
    expect(ran.failure).toMatchObject({ outcome: 'connection', message: expect.stringContaining('refused') as string })
  })

  test('no poll may take longer than the time that is left, nor than the service allows', async () => {
    const ran = await runStep(
      { ...wait, interval_seconds: 1, timeout_seconds: 1.5 },
      { vars, answers: [answer('new')] },
    )
    expect(ran.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1000, 500])
  })

  test('ends as aborted when the run is stopped', async () => {
    const stopped = new AbortController()
    stopped.abort()
    const ran = await runStep(wait, { vars, answers: [answer('new')], signal: stopped.signal })
    expect(ran.requests.length).toBe(1)
    expect(ran.failure?.outcome).toBe('aborted')
  })

  test('a name that has no value is its failure', async () => {
    const ran = await runStep(wait, { answers: [answer('done')] })
    expect(ran.failure?.message).toBe('{{id}} has no value here')
  })
})
