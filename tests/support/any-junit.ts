// JUnit cases with anything in their fields: all code units, and more often than chance the pieces
// that break XML, CDATA, names and the tokens that CI tools look for.
import fc from 'fast-check'
import type { JunitCase } from '../../src/report/junit.ts'

const PIECES = [
  ']]>',
  ']]',
  '>',
  '&amp;',
  '<![CDATA[',
  '\u001b[31m',
  '\r\n',
  '\u0000',
  '\ud800',
  '\udc00',
  '\ufffe',
  '[[ATTACHMENT|',
  '[[PROPERTY|',
  '##vso[',
  '::error::',
  '"',
  "'",
  '.',
  '=',
  ' ',
] as const

const pieces = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom(...PIECES),
  ),
  { maxLength: 12 },
)

export const anyText: fc.Arbitrary<string> = pieces.map((list) => list.join(''))

const result: fc.Arbitrary<JunitCase['result']> = fc.oneof(
  fc.constant(undefined),
  fc.record({ kind: fc.constant('skipped' as const), reason: anyText }),
  fc.record({
    kind: fc.constant('failure' as const),
    type: fc.constant('AssertionFailed' as const),
    message: anyText,
    body: anyText,
  }),
  fc.record({
    kind: fc.constant('error' as const),
    type: fc.constant('ExecutionError' as const),
    message: anyText,
    body: anyText,
  }),
)

export const anyJunitCase: fc.Arbitrary<Required<JunitCase>> = fc.record({
  classname: anyText,
  name: anyText,
  file: anyText,
  line: fc.integer({ min: -1, max: 5 }),
  column: fc.integer({ min: -1, max: 5 }),
  startedAt: anyText,
  durationMs: fc.double(),
  properties: fc.dictionary(anyText, anyText, { maxKeys: 3 }),
  result,
  output: anyText,
})
