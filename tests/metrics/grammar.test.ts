import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPERATORS, parseCondition } from '../../src/metrics/grammar.ts'
import { METRICS } from '../../src/metrics/metric.ts'
import { displayName, selectorText } from '../../src/metrics/selector.ts'

const condition = (text: string): unknown => {
  const parsed = parseCondition(text)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.condition
}

/** Each problem as `the part of the text: message hint`. */
const problems = (text: string): string[] => {
  const parsed = parseCondition(text)
  if (!('problems' in parsed)) throw new Error(`${text} has no problem`)
  return parsed.problems.map(
    ({ message, hint, offset = 0, length = 0 }) => `${text.slice(offset, offset + length)}: ${message} ${hint ?? ''}`,
  )
}

describe('parseCondition', () => {
  it.each([
    ['p95 < 300ms', 'latency.p95', '<', 300, 'ms'],
    ['p95<0.3s', 'latency.p95', '<', 300, 'ms'],
    ['  p(97.5)  <=  1.5 s ', 'latency.p97.5', '<=', 1500, 'ms'],
    ['latency.p(99) < 250us', 'latency.p99', '<', 0.25, 'ms'],
    ['p99.9{step:checkout,group:shoppers} < 1s', 'latency.p99.9{group:shoppers,step:checkout}', '<', 1000, 'ms'],
    ['ttfb.p95{service:api} < 80ms', 'ttfb.p95{service:api}', '<', 80, 'ms'],
    ['ttfb.p99.9 < 80ms', 'ttfb.p99.9', '<', 80, 'ms'],
    ['med != 2m', 'latency.med', '!=', 120_000, 'ms'],
    ['count >= 100', 'latency.count', '>=', 100, ''],
    ['success_rate >= 99.5 %', 'success_rate', '>=', 99.5, '%'],
    ['errors{outcome:timeout} == 0', 'errors{outcome:timeout}', '==', 0, ''],
    ['requests{status:2XX, method:get} > 10', 'requests{method:GET,status:2xx}', '>', 10, ''],
    ['rps >= 45/s', 'rps', '>=', 45, '/s'],
    [`p95{step:"place order", area:'a "b"'} < 1s`, 'latency.p95{step:"place order",area:"a \\"b\\""}', '<', 1000, 'ms'],
    ['p95{ step : bestellung-ändern } < 1s', 'latency.p95{step:bestellung-ändern}', '<', 1000, 'ms'],
    ['p95{} < 1s', 'latency.p95', '<', 1000, 'ms'],
    ['iteration_duration.max{group:a,cycle:3} < 1h', 'iteration_duration.max{group:a,cycle:3}', '<', 3_600_000, 'ms'],
    ['check_rate{step:order} == 100%', 'check_rate{step:order}', '==', 100, '%'],
  ])('reads %s', (text, selector, op, limit, unit) => {
    const parsed = parseCondition(text)
    expect('condition' in parsed ? selectorText(parsed.condition.selector) : parsed).toBe(selector)
    expect(parsed).toMatchObject({ condition: { op, limit, unit } })
  })

  it.each([
    ['', /^: A threshold begins with .* p95 < 300ms/],
    ['300ms > p95', /^300ms > p95: A threshold begins/],
    ['p95', /^: "p95" says nothing that could hold/],
    ['p95 under 3ms', /^under 3ms: An operator must follow "p95"/],
    ['p95 = 3ms', /^=: "=" is not an operator\. Did you mean "=="/],
    ['p95 => 3ms', /^=>: .* Did you mean ">="/],
    ['p95 <', /^: There is no number after "<"/],
    ['p95 < fast', /^fast: There is no number/],
    ['p95 < 300', /^300: "latency.p95" is a time and needs a unit\. Units: us, ms, s, m, h; e.g. 300ms/],
    ['p95 < 300sm', /^sm: "sm" does not fit.* Did you mean "ms"/],
    ['p95 < 300%', /^%: "%" does not fit: "latency.p95" is a time/],
    ['p95 < 1,000ms', /^,000ms: /],
    ['p95 < -3ms', /^-3: "latency.p95" is never negative/],
    ['success_rate >= 0.99', /^0.99: .* needs a unit\. Write 99%/],
    ['success_rate >= 99', /^99: .* Write 99%/],
    ['success_rate >= 99ms', /^ms: .* is a rate in percent\. Write 99%/],
    ['rps >= 45', /^45: .* Write 45\/s/],
    ['rps >= 45/m', /^\/m: .* Write 45\/s/],
    ['errors == 0%', /^%: "%" does not fit: "errors" is a count without a unit/],
    ['errrors == 0', /^errrors: There is no metric or statistic "errrors"\. Did you mean "errors"/],
    ['p95th < 3ms', /^p95th: There is no metric or statistic/],
    ['latency < 3ms', /^latency: "latency" needs a statistic\. e\.g\. latency\.p95/],
    ['latency.p95. < 3ms', /^p95\.: There is no statistic/],
    ['latency.average < 3ms', /^average: There is no statistic "average"/],
    ['latency.stdev < 3ms', /^stdev: .* Did you mean "stddev"/],
    ['errors.p95 < 3', /^p95: "errors" has no statistics.* Write "errors" alone/],
    ['p100 < 3ms', /^p100: .* not a percentile between 0 and 100.* min and max/],
    ['p(0) < 3ms', /^p\(0\): .* not a percentile/],
    ['p() < 3ms', /^p\(\): There is no metric/],
    ['p95{step:place order} < 3ms', /^order} < 3ms: "place order" needs quotes\. step:"place order"/],
    ['p95{step:order < 3ms', /^< 3ms: The labels do not end/],
    ['p95{step:"order} < 3ms', /^"order} < 3ms: The value of "step" has no closing quote/],
    ['p95{step:} < 3ms', /^} < 3ms: The label "step" has no value/],
    ['p95{step} < 3ms', /^} < 3ms: A label is written key:value/],
    ['p95{step:a,step:b} < 3ms', /^step: The label "step" stands here twice/],
    ['p95{status:9xx} < 3ms', /^9xx: "9xx" is not a status\. A code \(404\), a class/],
    ['errors{outcome:timeuot} == 0', /^timeuot: .* Did you mean "timeout"/],
    ['p95{attempt:0} < 3ms', /^0: "0" is no number of "attempt"\. They count from 1/],
    ['success_rate{step:order} > 9%', /^step: "success_rate" is about whole iterations.*Its labels: group, cycle/],
    ['iterations{grop:a} > 9', /^grop: .* Did you mean "group"/],
    ['check_rate{status:200} > 9%', /^status: "status" does not select from "check_rate"/],
    ['p95 < 3ms and p99 < 1s', /^and p99 < 1s: "and p99 < 1s" follows a finished condition/],
    [`errors < ${'9'.repeat(400)}`, /is too large a number/],
  ])('says what is wrong with %s', (text, expected) => {
    expect(problems(text)).toEqual([expect.stringMatching(expected)])
  })

  it('reports all mistakes of a text at once', () => {
    expect(problems('latency.p95{status:foo,outcome:bar} < 3xs')).toHaveLength(3)
  })

  const label = fc.oneof(
    fc.record({ key: fc.constantFrom('group', 'step', 'service', 'area'), value: fc.string({ minLength: 1 }) }),
    fc.record({ key: fc.constant('status'), value: fc.constantFrom('200', '5xx', '0') }),
    fc.record({ key: fc.constant('outcome'), value: fc.constantFrom('ok', 'too_large') }),
  )
  const labels = fc
    .uniqueArray(label, { selector: ({ key }) => key, maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])))
  const subject = fc.oneof(
    fc.record({
      metric: fc.constantFrom('latency' as const, 'ttfb' as const, 'wait_retry' as const),
      stat: fc.constantFrom('p50', 'p99.9', 'p97.5', 'avg', 'med', 'max', 'stddev'),
    }),
    fc.record({ metric: fc.constantFrom('errors' as const, 'request_success_rate' as const, 'rps' as const) }),
  )

  it('reads back every selector it can print, in full and as a name', () => {
    fc.assert(
      fc.property(subject, labels, fc.constantFrom(...OPERATORS), fc.nat(1000), (head, named, op, limit) => {
        const selector = { ...head, labels: named }
        const unit = METRICS.get(head.metric)?.unit ?? ''
        for (const text of [selectorText(selector), displayName(selector)])
          expect(condition(`${text} ${op} ${limit}${unit}`)).toEqual({ selector, op, limit, unit })
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, and either gives a condition or says why not, within the text', () => {
    const words = String.raw`p95 latency . { } step : " ' \ , < >= = 300 ms % /s p( ) errors __proto__ status 2xx cycle - é`
    const word = fc.constantFrom(...words.split(' '), ' ', '\n', '𝒳', 'constructor')
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join('')),
    )
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseCondition(input)
        if ('condition' in parsed) return
        expect(parsed.problems.length).toBeGreaterThan(0)
        for (const { offset = -1, length = -1, message } of parsed.problems) {
          expect(message).not.toBe('')
          expect(offset).toBeGreaterThanOrEqual(0)
          expect(offset + length).toBeLessThanOrEqual(input.length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('stays linear on hostile input', () => {
    expect(problems(`p95{step:"${'\\'.repeat(50_000)}`)).toHaveLength(1)
    expect(problems(`p95{${'a:b,'.repeat(5000)}`)).not.toHaveLength(0)
  })
})
