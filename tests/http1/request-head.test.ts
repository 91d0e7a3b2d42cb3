import { describe, expect, test } from 'vitest'
import { requestHead } from '../../src/http1/request-head.ts'
import type { Request } from '../../src/http1/request-head.ts'

const aRequest = (more: Partial<Request> = {}): Request => ({
  method: 'GET',
  path: '/',
  headers: [],
  body: undefined,
  ...more,
})
/** Its lines, with those that every request has left out. */
function lines(more: Partial<Request>): string[] {
  const { text } = requestHead(aRequest(more), 'h:1')
  expect(text.endsWith('\r\n\r\n')).toBe(true)
  return text.slice(0, -4).split('\r\n')
}
const START = ['GET / HTTP/1.1', 'host: h:1', 'connection: keep-alive']

describe('the head of a request', () => {
  test.each<[string, Partial<Request>, readonly string[]]>([
    ['nothing', {}, START],
    ['a path with its query', { path: '/a/b?c=d%20e&f' }, ['GET /a/b?c=d%20e&f HTTP/1.1', ...START.slice(1)]],
    [
      'headers as they are',
      { headers: ['X-A', '1', 'x-a', '', 'b', 'c\td'] },
      [...START, 'X-A: 1', 'x-a: ', 'b: c\td'],
    ],
    ['latin letters', { headers: ['x', 'Grüße'] }, [...START, 'x: Grüße']],
    ['its own host', { headers: ['Host', 'other'] }, [START[0] ?? '', 'host: other', START[2] ?? '']],
    ['a body', { method: 'DELETE', body: 'ü€' }, ['DELETE / HTTP/1.1', ...START.slice(1), 'content-length: 5']],
    ['bytes', { method: 'PUT', body: new Uint8Array(7) }, ['PUT / HTTP/1.1', ...START.slice(1), 'content-length: 7']],
    ['no body where one is expected', { method: 'POST' }, ['POST / HTTP/1.1', ...START.slice(1), 'content-length: 0']],
    ['an empty one', { method: 'PATCH', body: '' }, ['PATCH / HTTP/1.1', ...START.slice(1), 'content-length: 0']],
    ['an empty one where none is', { body: '' }, START],
    ['its length, once', { headers: ['Content-Length', '2'], body: 'ab' }, [...START, 'content-length: 2']],
    ['keep-alive', { headers: ['connection', ' Keep-Alive '] }, START],
  ])('has %s', (_, more, expected) => {
    expect(lines(more)).toEqual(expected)
  })

  test('says when it is the last one of its connection', () => {
    const close = requestHead(aRequest({ headers: ['Connection', 'Close'] }), 'h')
    expect(close.isLast).toBe(true)
    expect(close.text).toBe('GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n')
    expect(requestHead(aRequest(), 'h').isLast).toBe(false)
  })

  test('is worked out anew for a list that changes, and once for a frozen one', () => {
    const headers = ['a', '1']
    expect(lines({ headers })).toContain('a: 1')
    headers[1] = '2'
    expect(lines({ headers })).toContain('a: 2')
    const frozen = Object.freeze(['a', '1', 'content-length', '1'])
    for (let i = 0; i < 2; i++)
      expect(lines({ headers: frozen, body: 'x' })).toEqual([...START, 'a: 1', 'content-length: 1'])
    expect(() => lines({ headers: frozen, body: 'xy' })).toThrow('content-length says 1, the body has 2 bytes')
  })

  test.each<[string, Partial<Request>, string]>([
    [
      'a line break in a value',
      { headers: ['a', 'b\r\nc: d'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    [
      'LF in a value',
      { headers: ['a', 'b\nc: d'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    [
      'CR in a value',
      { headers: ['a', 'b\rc'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    [
      'NUL in a value',
      { headers: ['a', 'b\0'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    [
      'a letter of more than a byte',
      { headers: ['a', '€'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    // Written as one byte it would be LF.
    [
      'a letter that would become LF',
      { headers: ['a', 'b\u010ac'] },
      'the header a has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    [
      'a line break in the host',
      { headers: ['host', 'h\r\nx: y'] },
      'the header host has a character that no header may have (a control character, or one beyond Latin-1)',
    ],
    ['a line break in a name', { headers: ['a: b\r\nc', 'd'] }, '"a: b\\r\\nc" is not a valid header name'],
    ['a colon in a name', { headers: ['a:', 'd'] }, '"a:" is not a valid header name'],
    ['an empty name', { headers: ['', 'd'] }, '"" is not a valid header name'],
    ['a name without a value', { headers: ['a'] }, 'a header has a name and no value'],
    [
      'transfer-encoding',
      { headers: ['Transfer-Encoding', 'chunked'] },
      "the header Transfer-Encoding is not the scenario's to send: leave it out",
    ],
    ['upgrade', { headers: ['upgrade', 'h2c'] }, "the header upgrade is not the scenario's to send: leave it out"],
    [
      'keep-alive',
      { headers: ['keep-alive', '5'] },
      "the header keep-alive is not the scenario's to send: leave it out",
    ],
    [
      'expect',
      { headers: ['Expect', '100-continue'] },
      "the header Expect is not the scenario's to send: leave it out",
    ],
    [
      'a connection for something else',
      { headers: ['connection', 'upgrade'] },
      'connection is close or keep-alive, not "upgrade"',
    ],
    ['a length that is none', { headers: ['content-length', '+1'], body: 'x' }, '"+1" is not a valid content-length'],
    [
      'a length of another body',
      { headers: ['content-length', '1'], body: 'ü' },
      'content-length says 1, the body has 2 bytes',
    ],
    ['a length of no body', { headers: ['content-length', '1'] }, 'content-length says 1, the body has 0 bytes'],
    ['a tunnel', { method: 'CONNECT' }, 'tunnels (CONNECT) are not carried'],
    ['no method', { method: '' }, '"" is not a valid method'],
    ['a method with a blank', { method: 'GET /x' }, '"GET /x" is not a valid method'],
    ['no path', { path: '' }, 'the path "" has to be encoded'],
    ['a blank in the path', { path: '/a HTTP/1.0' }, 'the path "/a HTTP/1.0" has to be encoded'],
    ['a line break in the path', { path: '/a\r\nx: y' }, 'the path "/a\\r\\nx: y" has to be encoded'],
    ['a letter of more than a byte in the path', { path: '/\u010a' }, 'the path "/\u010a" has to be encoded'],
  ])('is not sent with %s', (_, more, words) => {
    expect(() => requestHead(aRequest(more), 'h')).toThrow(words)
    expect(() => requestHead(aRequest(more), 'h')).toThrow(expect.objectContaining({ code: 'NOT_SENDABLE' }))
  })
})
