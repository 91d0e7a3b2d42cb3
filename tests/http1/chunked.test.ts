import { describe, expect, test } from 'vitest'
import { ChunkedBody } from '../../src/http1/chunked.ts'

interface Read {
  readonly data: string
  /** -1: it goes on. */
  readonly end: number
}

function readAt(text: string, size: number): Read {
  const body = new ChunkedBody()
  const data: string[] = []
  for (let from = 0; from < text.length; from += size) {
    const bytes = Buffer.from(`..${text.slice(from, from + size)}\r\n`, 'latin1')
    const end = body.read(bytes, 2, bytes.length - 2, (start, to) => data.push(bytes.toString('latin1', start, to)) > 0)
    if (end >= 0) return { data: data.join(''), end: from + end - 2 }
  }
  return { data: data.join(''), end: -1 }
}

describe('a body in chunks', () => {
  test.each([
    ['one', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['several', '5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n', 'hello world'],
    ['none', '0\r\n\r\n', ''],
    [
      'sizes in both cases',
      `a\r\n${'x'.repeat(10)}\r\nB\r\n${'y'.repeat(11)}\r\n0\r\n\r\n`,
      `${'x'.repeat(10)}${'y'.repeat(11)}`,
    ],
    ['zeros in front', '000005\r\nhello\r\n000\r\n\r\n', 'hello'],
    ['as many digits as there may be', '000000000005\r\nhello\r\n000000000000\r\n\r\n', 'hello'],
    ['data that looks like chunks', '9\r\n0\r\n\r\nabcd\r\n0\r\n\r\n', '0\r\n\r\nabcd'],
    ['extensions', '5;a=b;c="d; e"\r\nhello\r\n0;last\r\n\r\n', 'hello'],
    ['blanks behind the size', '5 \t\r\nhello\r\n0 ; a = b\r\n\r\n', 'hello'],
    ['trailers', '5\r\nhello\r\n0\r\nx-sum: 1\r\ny: 2\r\n\r\n', 'hello'],
  ])('%s: is read, however it is cut, and not beyond its end', (_, text, data) => {
    for (let size = 1; size <= text.length + 4; size++)
      expect(readAt(`${text}HTTP`, size)).toEqual({ data, end: text.length })
    for (let length = 0; length < text.length; length++) expect(readAt(text.slice(0, length), 3).end).toBe(-1)
  })

  const LINE = 'a line of its chunks does not end with CR LF'
  test.each([
    ['no size', '\r\nhello', 'a chunk does not begin with its size'],
    ['a blank before the size', ' 5\r\nhello', 'a chunk does not begin with its size'],
    ['an extension alone', ';a\r\nhello', 'a chunk does not begin with its size'],
    ['a plus', '+5\r\nhello', 'a chunk does not begin with its size'],
    ['a minus', '-5\r\nhello', 'a chunk does not begin with its size'],
    ['0x', '0x5\r\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['a letter', '5g\r\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['two sizes', '5 5\r\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['a fraction', '5.0\r\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['NUL', '5\0\r\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['LF behind the size', '5\nhello', 'the size of a chunk is not a hexadecimal number'],
    ['LF behind an extension', '5;a\nhello', LINE],
    ['CR alone', '5\rhello', LINE],
    ['more data than it said', '5\r\nhello!\r\n0\r\n\r\n', 'a chunk is longer than it says'],
    ['LF behind the data', '5\r\nhello\n0\r\n\r\n', 'a chunk is longer than it says'],
    ['CR behind the data', '5\r\nhello\r0\r\n\r\n', LINE],
    ['LF behind a trailer', '0\r\na: b\n\r\n', LINE],
    ['CR behind a trailer', '0\r\na: b\rc', LINE],
    ['CR at the end', '0\r\n\rX', LINE],
    ['2⁶⁴ and more', '10000000000000005\r\nhello', 'the size of a chunk has more than 12 digits'],
    ['ever more zeros', `${'0'.repeat(13)}5\r\nhello`, 'the size of a chunk has more than 12 digits'],
  ])('%s: is refused, however it is cut', (_, text, words) => {
    for (const size of [1, 2, 3, text.length]) {
      expect(() => readAt(text, size)).toThrow(words)
      expect(() => readAt(text, size)).toThrow(expect.objectContaining({ code: 'BAD_ANSWER' }))
    }
  })

  test.each([
    ['an extension', (more: string) => `1;${more}`],
    ['one trailer', (more: string) => `0\r\nx: ${more}`],
    ['trailers', (more: string) => `0\r\n${'x: y\r\n'.repeat(Math.ceil(more.length / 6))}`],
  ])('%s without end is refused after 16 KB', (_, text) => {
    const words = 'more than 16384 bytes of chunk extensions or trailers came in a row'
    expect(() => readAt(text('e'.repeat(17_000)), 1_000)).toThrow(words)
    expect(readAt(text('e'.repeat(15_000)), 1_000).end).toBe(-1)
  })

  test('the limit is for what is between data, so that many small chunks are fine', () => {
    const text = `${`1;${'e'.repeat(100)}\r\nx\r\n`.repeat(1_000)}0\r\n\r\n`
    expect(readAt(text, 65_536)).toEqual({ data: 'x'.repeat(1_000), end: text.length })
  })

  test('nothing more is taken once nobody wants it', () => {
    const seen: number[] = []
    const end = new ChunkedBody().read(
      Buffer.from('1\r\na\r\n1\r\nb\r\n0\r\n\r\n'),
      0,
      17,
      (from) => seen.push(from) < 0,
    )
    expect([end, seen]).toEqual([-1, [3]])
  })
})
