import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseThreshold } from '../../src/metrics/threshold.ts'

const messages = (input: unknown): string[] => {
  const parsed = parseThreshold(input)
  return 'problems' in parsed ? parsed.problems.map(({ message, hint = '' }) => `${message} ${hint}`.trim()) : []
}

describe('parseThreshold', () => {
  it('fills in the defaults of the short form', () => {
    expect(parseThreshold(' p95{step:order} < 300ms ')).toEqual({
      threshold: {
        expression: 'p95{step:order} < 300ms',
        selector: { metric: 'latency', stat: 'p95', labels: { step: 'order' } },
        op: '<',
        limit: 300,
        unit: 'ms',
        abortOnFail: false,
        onNoData: 'fail',
        onInconclusive: 'fail',
        per: 'run',
      },
    })
  })

  it('takes every key of the long form', () => {
    const long = {
      that: 'p99 < 1s',
      name: 'tail',
      min_samples: 500,
      abort_on_fail: true,
      on_no_data: 'skip',
      on_inconclusive: 'skip',
      per: 'cycle',
    }
    expect(parseThreshold(long)).toMatchObject({
      threshold: {
        name: 'tail',
        minSamples: 500,
        abortOnFail: true,
        onNoData: 'skip',
        onInconclusive: 'skip',
        per: 'cycle',
      },
    })
  })

  it('names unknown keys and wrong values, together with what is wrong in the condition', () => {
    const input = { that: 'p95 < 3', min_sample: 5, min_samples: 0, abort_on_fail: 'yes', per: 'hour', name: '' }
    expect(messages(input)).toEqual([
      expect.stringMatching(/no key "min_sample"\. Did you mean "min_samples"/),
      expect.stringMatching(/needs a unit/),
      expect.stringMatching(/"name" must be a text, not ""/),
      expect.stringMatching(/"min_samples" must be a whole number above zero, not 0/),
      expect.stringMatching(/"abort_on_fail" must be true or false, not "yes"/),
      expect.stringMatching(/"per" must be "run" or "cycle", not "hour"/),
    ])
  })

  it.each([
    [null, /not nothing/],
    [5, /not 5/],
    [['p95 < 3ms'], /not a list/],
    [{}, /"that" is missing/],
    [{ that: 3 }, /"that" is a text, not 3/],
    [{ that: { p95: 3 } }, /not a mapping/],
  ])('says what a threshold looks like when it gets %j', (input, expected) => {
    expect(messages(input).join()).toMatch(expected)
  })

  it('is plain data: it survives JSON', () => {
    const parsed = parseThreshold({ that: 'p95{__proto__:x,constructor:y} < 3ms', name: 'odd' })
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed)
    expect(JSON.stringify(parsed)).toContain('__proto__')
  })

  it('never throws, and says why when there is no threshold', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(messages(input)).not.toContain('')
      }),
      { numRuns: 300 },
    )
  })
})
