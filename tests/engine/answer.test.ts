// What steps see of an answer's bytes: text without its byte order mark, and what a service compressed as
// it was before.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ReplyAnswer } from '../../src/engine/answer.ts'
import type { Reply } from '../../src/engine/transport.ts'

const MOST_BYTES = 1000

function answerOf(body: Uint8Array | string, encoding?: string, error?: Reply['error']): ReplyAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const middle = Math.floor(bytes.length / 2)
  const reply: Reply = {
    status: 200,
    headers: encoding === undefined ? {} : { 'content-encoding': encoding },
    chunks: bytes.length === 0 ? [] : [bytes.subarray(0, middle), bytes.subarray(middle)],
    error,
    handedAt: 0,
    startedAt: 0,
    firstByteAt: 1,
    endedAt: 2,
  }
  return new ReplyAnswer(reply, MOST_BYTES)
}

const JSON_TEXT = '{"id":"ä1"}'

describe('an answer', () => {
  test('may begin with a byte order mark', () => {
    const answer = answerOf(`\uFEFF${JSON_TEXT}`)
    expect(answer.text()).toBe(JSON_TEXT)
    expect(answer.json()).toEqual({ value: { id: 'ä1' } })
  })

  test.each([
    ['gzip', gzipSync(JSON_TEXT)],
    ['X-GZIP', gzipSync(JSON_TEXT)],
    ['deflate', deflateSync(JSON_TEXT)],
    ['Deflate', deflateRawSync(JSON_TEXT)],
    ['br', brotliCompressSync(JSON_TEXT)],
    ['identity', Buffer.from(JSON_TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(JSON_TEXT))],
  ])('is decompressed when it is %s', (encoding, bytes) => {
    const answer = answerOf(bytes, encoding)
    expect(answer.text()).toBe(JSON_TEXT)
    expect(answer.json()).toEqual({ value: { id: 'ä1' } })
  })

  test('that was cut off shows as much as came', () => {
    const bytes = gzipSync(`${'a'.repeat(100)}${'0123456789'.repeat(20)}`)
    const error = { outcome: 'too_large', code: 'TOO_LARGE', message: 'cut off' } as const
    expect(answerOf(bytes.subarray(0, bytes.length - 12), 'gzip', error).text()).toMatch(/^a{100}/)
  })

  test.each([
    ['gzip', Buffer.from(JSON_TEXT), 'it is not valid gzip'],
    ['gzip', gzipSync(JSON_TEXT).subarray(0, -9), 'it is not valid gzip'],
    ['br', brotliCompressSync(JSON_TEXT).subarray(0, -2), 'it is not valid br'],
    ['zstd', Buffer.from(JSON_TEXT), 'its content-encoding is zstd, not gzip, deflate or br'],
    ['gzip, gzip, gzip', gzipSync('{}'), 'its content-encoding, gzip, gzip, gzip, is more than 2 inside each other'],
    ['gzip', gzipSync('0'.repeat(MOST_BYTES + 1)), 'it is longer than max_body when decompressed'],
  ])('that claims to be %s and is not that says so', (encoding, bytes, error) => {
    const answer = answerOf(bytes, encoding)
    expect(answer.json()).toEqual({ error })
    expect(answer.text()).toBe(bytes.toString())
  })

  test('without a body has nothing to decompress', () => {
    expect(answerOf('', 'gzip').json()).toEqual({ error: 'the body is empty' })
  })
})
