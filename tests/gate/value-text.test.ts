import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceText, limitText, valueText } from '../../src/gate/value-text.ts'

describe('valueText', () => {
  it.each([
    [412, 300, 'ms', '412 ms'],
    [300.2, 300, 'ms', '300.2 ms'],
    [299.9996, 300, 'ms', '299.9996 ms'],
    [300, 300, 'ms', '300 ms'],
    [999.7, 1000, 'ms', '999.7 ms'],
    [1004, 1000, 'ms', '1.004 s'],
    [125_300, 125_000, 'ms', '125.3 s'],
    [94.2, 99, '%', '94.2 %'],
    [98.96, 99, '%', '98.96 %'],
    [99.9999, 100, '%', '99.9999 %'],
    [44.96, 45, '/s', '44.96/s'],
    [1234.5, 45, '/s', '1,235/s'],
    [1204, 0, '', '1,204'],
  ] as const)('shows %d beside the limit %d %s as %s', (value, limit, unit, text) => {
    expect(valueText(value, limit, unit)).toBe(text)
  })

  it('always compares to the limit as the value does', () => {
    const limit = fc.oneof(fc.nat(200_000), fc.double({ min: 0, max: 1000, noNaN: true }))
    const near = fc.double({ min: -1, max: 1, noNaN: true })
    const scale = fc.constantFrom(1e-12, 1e-6, 1e-3, 0.1, 1, 1000)
    fc.assert(
      fc.property(limit, near, scale, fc.constantFrom('ms', '%', '/s', ''), (bound, offset, by, unit) => {
        const value = Math.max(0, bound + offset * by)
        const text = valueText(value, bound, unit)
        const shown = Number.parseFloat(text.replaceAll(',', '')) * (/\ds?$| s$/.test(text) && unit === 'ms' ? 1000 : 1)
        expect(Math.sign(shown - bound)).toBe(Math.sign(value - bound))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('limitText', () => {
  it.each([
    [300, 'ms', '300 ms'],
    [1250, 'ms', '1.25 s'],
    [1255, 'ms', '1.255 s'],
    [0.25, 'ms', '0.25 ms'],
    [300.4, 'ms', '300.4 ms'],
    [120_000, 'ms', '120 s'],
    [99.95, '%', '99.95 %'],
    [45, '/s', '45/s'],
    [2000, '', '2,000'],
    [2.5, '', '2.5'],
  ] as const)('shows %d %s exactly as %s', (limit, unit, text) => {
    expect(limitText(limit, unit)).toBe(text)
  })
})

describe('distanceText', () => {
  it.each([
    [412, 300, 'ms', '+37.3 %'],
    [150, 300, 'ms', '-50 %'],
    [300.05, 300, 'ms', '+0.02 %'],
    [300, 300, 'ms', 'exactly at the limit'],
    [94.2, 99, '%', '-4.8 points'],
    [40, 50, '/s', '-20 %'],
    [3, 0, '', ''],
    [0, 0, '', ''],
  ] as const)('of %d from %d %s is %s', (value, limit, unit, text) => {
    expect(distanceText(value, limit, unit)).toBe(text)
  })
})
