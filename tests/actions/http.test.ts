import { describe, expect, test } from 'vitest'
import { compileRequest } from '../../src/actions/request.ts'
import type { HttpStep } from '../../src/actions/http.ts'
import { answerWith, namesWith } from '../support/agent-names.ts'
import { runStep, toolsWith } from '../support/step-context.ts'

const sent = async (
  step: Record<string, unknown>,
  vars: Record<string, unknown> = {},
  headers: Record<string, string> = {},
) => {
  const { requests } = await runStep({ type: 'http', ...step }, { vars, headers })
  return requests[0]
}

describe('path and query', () => {
  test.each([
    [{ path: '/items' }, '/items'],
    [{ path: '/items/{{id}}' }, '/items/42'],
    [{ path: '{{where}}' }, '/a%20b%23c'],
    [{ path: '/caf\u00e9#top' }, '/caf%C3%A9%23top'],
    [{ path: '/items', query: { q: '{{text}}', n: 5, on: true, none: null } }, '/items?q=a%26b%3Dc&n=5&on=true'],
    [{ path: '/items?x=1', query: { tag: ['a', '{{id}}'] } }, '/items?x=1&tag=a&tag=42'],
    [{ path: '/items', query: { 'a b': '{{list}}' } }, '/items?a%20b=1&a%20b=2'],
    [{ path: '/items', query: { none: '{{nothing}}' } }, '/items'],
  ])('%j', async (step, path) => {
    const vars = { id: 42, where: 'a b#c', text: 'a&b=c', list: [1, 2], nothing: null }
    expect((await sent(step, vars))?.path).toBe(path)
  })
})

describe('headers', () => {
  test('merge without regard to case: the step above the service', async () => {
    const request = await sent(
      { headers: { 'x-a': 'step {{id}}', 'X-N': 5 } },
      { id: 1 },
      { 'X-A': 'service', 'X-B': 'b-{{id}}' },
    )
    expect(request?.headers).toEqual(['x-a', 'step 1', 'X-B', 'b-1', 'X-N', '5'])
  })

  test('json brings its content type, unless one is given', async () => {
    expect((await sent({ json: {} }))?.headers).toEqual(['content-type', 'application/json'])
    expect((await sent({ json: {}, headers: { 'Content-Type': 'application/merge-patch+json' } }))?.headers).toEqual([
      'Content-Type',
      'application/merge-patch+json',
    ])
    expect((await sent({ body: 'x' }))?.headers).toEqual([])
  })

  test('are the same array for every request as long as nothing in them changes', () => {
    const step: HttpStep = {
      type: 'http',
      name: 'x',
      service: 'api',
      method: 'GET',
      path: '/{{id}}',
      headers: { a: '{{who}}' },
    }
    const build = compileRequest(step, toolsWith({ headers: { b: 'c' } }))
    const [first, second, other] = [
      build(namesWith({ id: 1, who: 'x' })),
      build(namesWith({ id: 2, who: 'x' })),
      build(namesWith({ id: 2, who: 'y' })),
    ]
    expect([first.path, second.path]).toEqual(['/1', '/2'])
    expect(second.headers).toBe(first.headers)
    expect(first.headers).toEqual(['b', 'c', 'a', 'x'])
    expect(other.headers).toEqual(['b', 'c', 'a', 'y'])
  })

  test('a request without templates is made once', () => {
    const step: HttpStep = {
      type: 'http',
      name: 'x',
      service: 'api',
      method: 'GET',
      path: '/',
      headers: { a: 'b' },
      json: { n: 1 },
    }
    const build = compileRequest(step, toolsWith())
    expect(build(namesWith())).toBe(build(namesWith()))
    const [drawn, names] = [compileRequest({ ...step, json: { n: '{{uuid}}' } }, toolsWith()), namesWith()]
    expect(drawn(names).body).not.toBe(drawn(names).body)
  })

  test('a value that would begin another header is a failure, and nothing is sent', async () => {
    const { failure, requests } = await runStep(
      { type: 'http', headers: { 'x-a': '{{text}}' } },
      { vars: { text: 'a\r\nx-evil: 1' } },
    )
    expect(failure).toMatchObject({ outcome: 'failed', key: expect.stringContaining('header x-a') as unknown })
    expect(requests).toEqual([])
  })
})

describe('the body', () => {
  test('json keeps types', async () => {
    const request = await sent({ method: 'post', json: { id: '{{id}}', text: 'n{{id}}', list: [1, null] } }, { id: 42 })
    expect(request).toMatchObject({ method: 'POST', body: '{"id":42,"text":"n42","list":[1,null]}' })
  })

  test('body is text, and without either there is none', async () => {
    expect((await sent({ body: 'id={{id}}' }, { id: 42 }))?.body).toBe('id=42')
    expect((await sent({}))?.body).toBeUndefined()
    expect((await sent({ json: null }))?.body).toBe('null')
  })

  test('a missing name is a failure, and nothing is sent', async () => {
    const { failure, requests } = await runStep({ type: 'http', json: { id: '{{id}}' } })
    expect(failure).toEqual({ outcome: 'failed', key: '{{id}} has no value here', message: '{{id}} has no value here' })
    expect(requests).toEqual([])
  })
})

describe('without expect an answer must be 2xx', () => {
  test.each([
    [200, undefined],
    [299, undefined],
    [404, 'status_code: 404, expected 2xx'],
    [199, 'status_code: 199, expected 2xx'],
  ])('%d', async (status, key) => {
    const { failure, checks } = await runStep({ type: 'http' }, { answer: answerWith('', { status }) })
    expect(failure?.key).toBe(key)
    expect(checks).toEqual([])
  })

  test('a redirect says how to follow it', async () => {
    const answer = answerWith('', { status: 302, headers: { location: '/login' } })
    const { failure } = await runStep({ type: 'http' }, { answer })
    expect(failure?.message).toContain('it redirects (location: "/login"); follow with redirects: 5')
  })

  test('with any expect, only that counts', async () => {
    const answer = answerWith('{"error":"none"}', { status: 404 })
    const { failure } = await runStep({ type: 'http', expect: { jsonpath: '$.error', equals: 'none' } }, { answer })
    expect(failure).toBeUndefined()
  })
})

describe('extract', () => {
  const answer = answerWith('{"id":7,"items":[{"n":1},{"n":2}],"none":null}', {
    headers: { 'content-type': 'application/json', location: '/items/7', 'set-cookie': ['a=1', 'b=2'] },
  })
  const extracted = async (extract: Record<string, unknown>) => runStep({ type: 'http', extract }, { answer })

  test('takes values by path and by header', async () => {
    const { failure, vars } = await extracted({
      id: '$.id',
      first: '$.items[0].n',
      all: '$.items[*].n',
      none: '$.none',
      at: { header: 'Location' },
      cookies: { header: 'set-cookie' },
      other: { path: '$.other', default: 'x' },
      header: { header: 'x-no', default: null },
    })
    expect(failure).toBeUndefined()
    expect({ ...vars }).toEqual({
      id: 7,
      first: 1,
      all: [1, 2],
      none: null,
      at: '/items/7',
      cookies: 'a=1, b=2',
      other: 'x',
      header: null,
    })
  })

  test.each([
    [{ id: '$.id', a: '$.other' }, 'extract a: nothing at $.other'],
    [{ a: '$.other[*]' }, 'extract a: nothing at $.other[*]'],
    [{ a: { header: 'X-No' } }, 'extract a: nothing at header X-No'],
  ])('%j fails and sets nothing', async (extract, key) => {
    const { failure, vars } = await extracted(extract)
    expect(failure).toMatchObject({ outcome: 'failed', key })
    expect({ ...vars }).toEqual({})
  })

  test('from what is not JSON says what came instead', async () => {
    const html = answerWith('<html>Bad gateway</html>', { headers: { 'content-type': 'text/html' } })
    const { failure } = await runStep({ type: 'http', extract: { id: { path: '$.id', default: 0 } } }, { answer: html })
    expect(failure).toEqual({
      outcome: 'failed',
      key: 'extract id: the body is not JSON (text/html)',
      message: 'extract id: the body is not JSON (status 200, text/html): it begins with "<html>Bad gateway</h"',
    })
  })

  test('an empty body has nothing: a default stands in', async () => {
    const empty = answerWith('', { status: 204, headers: {} })
    const { failure, vars } = await runStep(
      { type: 'http', extract: { id: { path: '$.id', default: 0 } } },
      { answer: empty },
    )
    expect(failure).toBeUndefined()
    expect(vars['id']).toBe(0)
  })

  test('happens only when the expectations hold', async () => {
    const { failure, vars } = await runStep(
      { type: 'http', expect: { status_code: 201 }, extract: { id: '$.id' } },
      { answer },
    )
    expect(failure?.key).toBe('status_code: 200, expected 201')
    expect({ ...vars }).toEqual({})
  })
})
