import { describe, expect, test } from 'vitest'
import { parseHead } from '../../src/http1/answer-head.ts'
import type { AnswerHead, Body } from '../../src/http1/answer-head.ts'

/** Lines as people write them: UTF-8, without the line ends. */
function head(lines: readonly string[], { isHead = false }: { isHead?: boolean } = {}): AnswerHead {
  return parseHead(Buffer.from(lines.join('\r\n')).toString('latin1'), isHead)
}
const ok = (...headers: readonly string[]): AnswerHead => head(['HTTP/1.1 200 OK', ...headers])
const LENGTH = (bytes: number): Body => ({ kind: 'length', bytes })
const [NONE, CHUNKED, UNTIL_CLOSE]: readonly Body[] = [{ kind: 'none' }, { kind: 'chunked' }, { kind: 'until-close' }]

describe('a status line', () => {
  test.each([
    ['HTTP/1.1 200 OK', 200],
    ['HTTP/1.1 200 ', 200],
    ['HTTP/1.1 200', 200],
    ['HTTP/1.0 404 Not Found (at all): really', 404],
    ['HTTP/1.1 999 Schön', 999],
    ['HTTP/1.1 100 Continue', 100],
  ])('%j is read', (line, status) => {
    expect(head([line]).status).toBe(status)
    expect(head([line, 'a: b'])).toMatchObject({ status, headers: { a: 'b' } })
  })

  test.each([
    ['HTTP/1.1 2OO OK'],
    ['HTTP/1.1 20 OK'],
    ['HTTP/1.1 2000 OK'],
    ['HTTP/1.1 099 OK'],
    ['HTTP/1.1 -20 OK'],
    ['HTTP/1.1  200 OK'],
    ['HTTP/1.1\t200 OK'],
    ['HTTP/1.2 200 OK'],
    ['HTTP/2 200'],
    ['HTTP/1.1'],
    ['http/1.1 200 OK'],
    ['HTTP/1.1 200 O\0K'],
    ['HTTP/1.1 200 O\rK'],
    ['HTTP/1.1 200 O\nK'],
    ['ICY 200 OK'],
    [' HTTP/1.1 200 OK'],
    [''],
  ])('%j is none, and the words say with what it begins', (line) => {
    const words = `it begins with ${JSON.stringify(line)}, not with HTTP/1.1 and a status`
    expect(() => head([line, 'a: b'])).toThrow(words)
  })

  test('of great length is told by its beginning', () => {
    expect(() => head([`x${'y'.repeat(1_000)}`])).toThrow(/^it begins with "xy{39}", not/)
  })
})

describe('headers', () => {
  test.each<[readonly string[], AnswerHead['headers']]>([
    [['A: b'], { a: 'b' }],
    [['A:b', 'C: \t d e \t '], { a: 'b', c: 'd e' }],
    [['a:', 'b: '], { a: '', b: '' }],
    [['a: b:c'], { a: 'b:c' }],
    [['A: 1', 'a: 2', 'B: x', 'a: 3'], { a: ['1', '2', '3'], b: 'x' }],
    [['Set-Cookie: a=1', 'Set-Cookie: b=2, c'], { 'set-cookie': ['a=1', 'b=2, c'] }],
    [['x: Grüße, 5 €'], { x: 'Grüße, 5 €' }],
    [["!#$%&'*+-.^_`|~09aZ: token"], { "!#$%&'*+-.^_`|~09az": 'token' }],
    // Folded lines (RFC 9112 § 5.2).
    [['a: b', ' c', '\t  d  ', 'e: f'], { a: 'b c d', e: 'f' }],
    [['a: 1', 'a: 2', ' 3'], { a: ['1', '2 3'] }],
  ])('%j are %j', (lines, headers) => {
    expect(ok(...lines).headers).toEqual(headers)
  })

  test('with names that objects have of themselves are headers like others', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const { headers } = ok(...names.flatMap((name) => [`${name}: 1`, `${name}: 2`, ' 3']))
    expect(Object.entries(headers)).toEqual(names.map((name) => [name.toLowerCase(), ['1', '2 3']]))
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
    expect(ok('__proto__: 1').headers).not.toHaveProperty('polluted')
    expect(Object.keys(ok().headers)).toEqual([])
  })

  test('that are no UTF-8 are read as well as can be', () => {
    expect(parseHead('HTTP/1.1 200 OK\r\nx: a\xffb', false).headers).toEqual({ x: 'a\ufffdb' })
  })

  test.each([
    ['no colon', ['a b'], 'a header has no colon: "a b"'],
    ['a colon in the next line only', ['a', 'b: c'], 'a header has no colon: "a"'],
    ['a blank before the colon', ['a : b'], '"a " is not a valid header name'],
    ['no name', [': b'], '"" is not a valid header name'],
    ['a name with a blank', ['a b: c'], '"a b" is not a valid header name'],
    ['a name beyond ASCII', ['ä: c'], 'is not a valid header name'],
    ['a fold at the beginning', [' a: b'], 'its first header begins with a blank'],
    ['NUL', ['a: b\0c'], 'a header has a control character'],
    ['NUL in a name', ['a\0: b'], '"a\\u0000" is not a valid header name'],
    ['LF in a name', ['a\nb: c'], '"a\\nb" is not a valid header name'],
    ['a control character', ['a: \x1b[31m'], 'a header has a control character'],
    ['DEL', ['a: \x7f'], 'a header has a control character'],
    ['CR alone', ['a: b\rc: d'], 'a header has a control character'],
    ['CR at the end', ['a: b\r'], 'a header has a control character'],
    ['LF alone', ['a: b\nc: d'], 'a header has a control character'],
  ])('with %s are refused', (_, lines, words) => {
    expect(() => ok(...lines)).toThrow(words)
    expect(() => ok(...lines)).toThrow(expect.objectContaining({ code: 'BAD_ANSWER' }))
  })
})

describe('the length of a body', () => {
  test.each<[string, readonly string[], Body | undefined]>([
    ['content-length', ['content-length: 5'], LENGTH(5)],
    ['of zero', ['content-length: 0'], NONE],
    ['with zeros in front', ['Content-Length:  007\t'], LENGTH(7)],
    ['as large as numbers are exact', ['content-length: 999999999999999'], LENGTH(999_999_999_999_999)],
    ['chunked', ['transfer-encoding: chunked'], CHUNKED],
    ['in other letters', ['Transfer-Encoding: CHUNKED'], CHUNKED],
    ['chunked at last', ['transfer-encoding: gzip, chunked'], CHUNKED],
    ['chunked at last, in two headers', ['transfer-encoding: gzip', 'transfer-encoding: chunked'], CHUNKED],
    ['chunked, but not at last', ['transfer-encoding: chunked, gzip'], UNTIL_CLOSE],
    ['another coding', ['transfer-encoding: xchunked'], UNTIL_CLOSE],
    ['nothing', [], UNTIL_CLOSE],
  ])('%s is told by its headers', (_, lines, body) => {
    expect(ok(...lines).body).toEqual(body)
  })

  test.each([
    [['content-length: 5', 'content-length: 5'], 'it has content-length several times'],
    [['content-length: 5', 'content-length: 6'], 'it has content-length several times'],
    [['content-length: 5, 5'], '"5, 5" is not a valid content-length'],
    [['content-length: +5'], '"+5" is not a valid content-length'],
    [['content-length: -5'], '"-5" is not a valid content-length'],
    [['content-length: 0x5'], '"0x5" is not a valid content-length'],
    [['content-length: 5.0'], '"5.0" is not a valid content-length'],
    [['content-length: 1e3'], '"1e3" is not a valid content-length'],
    [['content-length: 5 5'], '"5 5" is not a valid content-length'],
    [['content-length:'], '"" is not a valid content-length'],
    [['content-length: five'], '"five" is not a valid content-length'],
    [['content-length: 1000000000000000'], '"1000000000000000" is not a valid content-length'],
    [['content-length: ٣'], '"٣" is not a valid content-length'],
    [['content-length: 1', ' 0'], 'its content-length goes on in a second line'],
    [['transfer-encoding: gzip,', ' chunked'], 'its transfer-encoding goes on in a second line'],
    [['content-length: 5', 'transfer-encoding: chunked'], 'it has both content-length and transfer-encoding'],
    [['transfer-encoding: chunked', 'content-length: 0'], 'it has both content-length and transfer-encoding'],
    [['transfer-encoding:'], 'its transfer-encoding is empty'],
    [['transfer-encoding: chunked', 'transfer-encoding:'], 'its transfer-encoding is empty'],
    [['transfer-encoding: ,chunked'], 'its transfer-encoding is empty'],
  ])('%j is refused, also where no body follows', (lines, words) => {
    expect(() => ok(...lines)).toThrow(words)
    expect(() => head(['HTTP/1.1 204 OK', ...lines])).toThrow(words)
    expect(() => head(['HTTP/1.1 200 OK', ...lines], { isHead: true })).toThrow(words)
  })

  test.each([100, 103, 204, 304])('is nothing with %d, whatever the headers say', (status) => {
    for (const line of ['content-length: 5', 'transfer-encoding: chunked', 'a: b'])
      expect(head([`HTTP/1.1 ${status} x`, line])).toMatchObject({ body: NONE, isLast: false })
  })

  test('is nothing when the head alone was asked for', () => {
    for (const line of ['content-length: 5', 'transfer-encoding: chunked', 'a: b'])
      expect(head(['HTTP/1.1 200 OK', line], { isHead: true })).toMatchObject({ body: NONE, isLast: false })
  })
})

describe('a connection', () => {
  test.each<[string, readonly string[], boolean]>([
    ['HTTP/1.1', ['content-length: 0'], false],
    ['HTTP/1.1', ['content-length: 0', 'connection: keep-alive'], false],
    ['HTTP/1.1', ['content-length: 0', 'connection: close'], true],
    ['HTTP/1.1', ['content-length: 0', 'Connection: Keep-Alive, CLOSE'], true],
    ['HTTP/1.1', ['content-length: 0', 'connection: keep-alive', 'connection: close'], true],
    ['HTTP/1.1', ['content-length: 0', 'connection: x-close, closed'], false],
    ['HTTP/1.1', [], true],
    ['HTTP/1.0', ['content-length: 0'], true],
    ['HTTP/1.0', ['content-length: 0', 'connection: Keep-Alive'], false],
    ['HTTP/1.0', ['content-length: 0', 'connection: keep-alive, close'], true],
    // Nobody of HTTP/1.0 knows chunks (RFC 9112 § 6.1).
    ['HTTP/1.0', ['transfer-encoding: chunked', 'connection: keep-alive'], true],
  ])('of %s with %j: used once is %s', (version, lines, isLast) => {
    expect(head([`${version} 200 OK`, ...lines]).isLast).toBe(isLast)
  })

  test('that is closed in two lines is refused', () => {
    expect(() => ok('connection: keep-alive,', ' close')).toThrow('its connection goes on in a second line')
  })

  test.each<[string, number | undefined]>([
    ['timeout=5', 5],
    ['timeout=5, max=100', 5],
    ['max=100, Timeout = "7"', 7],
    ['timeout=0', 0],
    ['max=100', undefined],
    ['notimeout=5', undefined],
    ['timeout=soon', undefined],
    ['', undefined],
  ])('says by keep-alive: %s for how long it is kept', (value, seconds) => {
    expect(ok(`keep-alive: ${value}`).keepAliveS).toBe(seconds)
  })
})
