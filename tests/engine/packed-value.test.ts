import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pack, unpack, UnpackableError } from '../../src/engine/packed-value.ts'

const again = (value: unknown): unknown => unpack(JSON.parse(JSON.stringify(pack(value))))

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  key: fc.oneof(fc.string(), fc.constantFrom('$kind', '__proto__', 'text', 'value')),
})

describe('a value that was packed', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(again(value)).toEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    -0,
    Number.NaN,
    -Infinity,
    undefined,
    10n ** 30n,
    new Date(Number.NaN),
    new Uint8Array([0, 255, 128]),
    { $kind: 'undefined' },
    { list: [undefined, { $kind: 'bigint', text: 'x' }] },
  ])('comes back as %o', (value) => {
    expect(again({ value })).toStrictEqual({ value })
  })

  test('keeps a key that would be a prototype', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"admin":true},"a":1}')
    const back = again(hostile) as Record<string, unknown>
    expect(Object.keys(back)).toEqual(['__proto__', 'a'])
    expect(back['admin']).toBeUndefined()
  })
})

describe('what cannot be kept', () => {
  class Basket {}
  const ring: Record<string, unknown> = {}
  ring['self'] = ring

  test.each([
    [() => 1, /a function/],
    [Symbol('x'), /a symbol/],
    [{ a: [new Basket()] }, /an instance of Basket/],
    [ring, /nested too deep/],
  ])('is said', (value, message) => {
    expect(() => pack(value)).toThrow(UnpackableError)
    expect(() => pack(value)).toThrow(message)
  })
})
