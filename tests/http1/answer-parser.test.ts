import { maxHeaderSize } from 'node:http'
import { describe, expect, test } from 'vitest'
import { AnswerParser } from '../../src/http1/answer-parser.ts'
import { cutAt, hear } from '../support/an-answer.ts'

const LENGTH_5 = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'
const CHUNKS = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
const byteByByte = (text: string): Buffer[] =>
  cutAt(
    Buffer.from(text, 'latin1'),
    Array.from(text, (_, at) => at),
  )

describe('an answer', () => {
  test.each([
    ['with a length', LENGTH_5, 'hello'],
    ['in chunks', CHUNKS, 'hello'],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['with an empty body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', ''],
    ['that is not modified', 'HTTP/1.1 304 x\r\ncontent-length: 123\r\n\r\n', ''],
    ['behind blank lines', `\r\n\n\r\n${LENGTH_5}`, 'hello'],
    ['behind 100 and 103', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nlink: </a>\r\n\r\n${LENGTH_5}`, 'hello'],
  ])('%s ends where it ends, and not before', (_, text, body) => {
    expect(hear([text])).toMatchObject({ end: 'whole', body, leftBytes: 0 })
    expect(hear(byteByByte(text))).toMatchObject({ end: 'whole', body, leftBytes: 0 })
    // What follows in the same piece is none of it.
    expect(hear([`${text}HTTP/1.1 200 OK\r\n`])).toMatchObject({ end: 'whole', body, leftBytes: 17 })
    for (let length = 0; length < text.length; length++)
      expect(hear([text.slice(0, length)])).toMatchObject({ end: 'cut', leftBytes: undefined })
  })

  test('without a length ends with the connection', () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nhello'
    expect(hear([text])).toMatchObject({ end: 'whole', body: 'hello', isLast: true, leftBytes: undefined })
    expect(hear(byteByByte(text))).toMatchObject({ end: 'whole', body: 'hello' })
    expect(hear(['HTTP/1.1 200 OK\r\n\r'])).toMatchObject({ end: 'cut' })
  })

  test('to a HEAD has no body, and what comes is left over', () => {
    expect(hear([LENGTH_5], { isHead: true })).toMatchObject({ end: 'whole', body: '', leftBytes: 5 })
    expect(hear([CHUNKS], { isHead: true })).toMatchObject({ end: 'whole', body: '', leftBytes: 15 })
    const unframed = hear(['HTTP/1.1 200 OK\r\n\r\n'], { isHead: true })
    expect(unframed).toMatchObject({ end: 'whole', isLast: false })
  })

  test('may be announced a hundred times, and not more', () => {
    const informational = 'HTTP/1.1 102 Processing\r\n\r\n'
    const heard = hear([informational.repeat(100) + LENGTH_5])
    expect(heard).toMatchObject({ end: 'whole', status: 200, body: 'hello' })
    expect(heard.informational).toEqual(Array.from({ length: 100 }, () => 102))
    const words = 'refused: more than 100 informational answers (1xx) came before it'
    expect(hear([informational.repeat(101)])).toMatchObject({ end: words, status: undefined })
    expect(hear(byteByByte(informational.repeat(101)))).toMatchObject({ end: words })
  })

  test('that switches protocols is refused', () => {
    const heard = hear(['HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n'])
    expect(heard.end).toBe('refused: it switches to another protocol (101), which was not asked for')
  })

  test('that is no HTTP is refused with its first byte that cannot be one', () => {
    const words = (start: string): string => `refused: it begins with "${start}", not with HTTP/1.1 and a status`
    expect(hear(['S']).end).toBe(words('S'))
    expect(hear(['HTTP/2'])).toMatchObject({ end: words('HTTP/2') })
    expect(hear(['HT', 'TX'])).toMatchObject({ end: words('HTTX') })
    expect(hear(['SSH-2.0-OpenSSH_9.2\r\n']).end).toBe(words('SSH-2.0-OpenSSH_9.2\\r\\n'))
  })

  test('whose lines end with LF alone is refused when the first one does', () => {
    const words = 'refused: a line of its headers ends with LF alone, not with CR LF'
    expect(hear(['HTTP/1.1 200 OK\ncontent-length: 0\n\n'])).toMatchObject({ end: words })
    expect(hear(['HTTP/1.1 200 OK', '\n'])).toMatchObject({ end: words })
    expect(hear(['HTTP/1.1 200 OK\r', '\n', 'a: b\r\n', '\n'])).toMatchObject({ end: words })
    expect(hear(['HTTP/1.1 200 OK\r', '\n', 'a: b\r\n', '\r', '\n'], { isHead: true })).toMatchObject({ end: 'whole' })
  })

  const withHeaders = (bytes: number): string => {
    const start = 'HTTP/1.1 204 x\r\na: '
    return `${start}${'b'.repeat(bytes - start.length)}\r\n\r\n`
  }
  test.each([
    ['at once', (text: string) => [text]],
    ['byte by byte', byteByByte],
  ])('has as many bytes of headers as Node reads, %s', (_, cut) => {
    expect(hear(cut(withHeaders(maxHeaderSize)))).toMatchObject({ end: 'whole', status: 204 })
    const words = `refused: its headers are longer than ${maxHeaderSize} bytes`
    expect(hear(cut(withHeaders(maxHeaderSize + 1)))).toMatchObject({ end: words, status: undefined })
    expect(hear(cut(`HTTP/1.1 200 ${'x'.repeat(maxHeaderSize)}`))).toMatchObject({ end: words })
    // Each on its own: what was announced before does not count.
    const announced = withHeaders(maxHeaderSize - 100).replace('204', '103')
    expect(hear(cut(announced + announced + withHeaders(100)))).toMatchObject({ end: 'whole' })
  })

  test('is handed over as it comes, and its bytes are used at once', () => {
    const seen: [string, number, number][] = []
    const parser: AnswerParser = new AnswerParser({
      onHead: () => true,
      onBody: (bytes, from, to) => seen.push([Buffer.from(bytes.subarray(from, to)).toString(), from, to]) > 0,
    })
    parser.begin(false)
    const first = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe')
    expect(parser.read(first, first.length)).toBe(-1)
    expect(parser.read(Buffer.from('ll'), 2)).toBe(-1)
    expect(parser.read(Buffer.from('o, and more'), 11)).toBe(1)
    expect(seen).toEqual([
      ['he', first.length - 2, first.length],
      ['ll', 0, 2],
      ['o', 0, 1],
    ])
  })

  test.each(['head', 'body'])('is read no further when nobody listens from its %s on', (from) => {
    const seen: string[] = []
    const parser = new AnswerParser({
      onHead: () => (seen.push('head'), from !== 'head'),
      onBody: () => (seen.push('body'), false),
    })
    for (const text of [LENGTH_5, CHUNKS, CHUNKS.replace('5\r\nhello', '1\r\nx\r\n1\r\ny')]) {
      seen.length = 0
      parser.begin(false)
      expect(parser.read(Buffer.from(text), text.length)).toBe(-1)
      expect(seen).toEqual(from === 'head' ? ['head'] : ['head', 'body'])
    }
  })

  test('begins anew with each request, whatever came of the one before', () => {
    const parser = new AnswerParser({ onHead: () => true, onBody: () => true })
    for (const before of [
      'HTTP/1.1 2',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx',
      CHUNKS.slice(0, -9),
      'HTTP/1.1 200 x\r\n\r\n',
    ]) {
      parser.begin(false)
      expect(parser.read(Buffer.from(before), before.length)).toBe(-1)
      parser.begin(false)
      expect([parser.head, parser.endsWithConnection]).toEqual([undefined, false])
      expect(parser.read(Buffer.from(LENGTH_5), LENGTH_5.length)).toBe(LENGTH_5.length)
    }
  })
})
