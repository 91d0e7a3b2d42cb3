// Ours against Node's own client, on right answers and on spoiled ones: what both take must mean the same to both, and
// where only one of them takes it, the reason must be one of those below. And however the bytes are cut, ours says
// the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt, hear } from '../support/an-answer.ts'
import type { Heard } from '../support/an-answer.ts'
import { nodeHears } from '../support/node-client.ts'
import type { NodeHeard } from '../support/node-client.ts'
import { answers } from './any-answer.ts'

/** What we refuse on purpose although Node, at least one version of it, takes it; by our words. */
const STRICTER: readonly RegExp[] = [
  // Framing in two lines, or by nothing at all.
  /transfer-encoding is empty$/,
  /^refused: its [a-z-]+ goes on in a second line$/,
  /both content-length and transfer-encoding/,
  // Control characters in the reason phrase, other versions than 1.0 and 1.1, and a status below 100.
  /not with HTTP\/1\.1 and a status$/,
  // Petabytes.
  /is not a valid content-length$/,
  /has more than 12 digits$/,
]

/** What we take on purpose although Node, at least one version of it, refuses it; by its words. */
const MORE_LENIENT: readonly RegExp[] = [
  // `connection: close` in an informational answer: another follows all the same.
  /^HPE_CLOSED_CONNECTION/,
  // Extensions of chunks, and trailers, are not read.
  /chunk extensions/,
  // A tab behind a content-length is as good as a blank (RFC 9110 § 5.6.3).
  /^HPE_INVALID_CONTENT_LENGTH/,
  // `upgrade` in two lines: it is never asked for, and never read.
  /Unexpected whitespace after header value$/,
]

function disagreement(ours: Heard, node: NodeHeard): unknown {
  const [isOurs, isNodes] = [ours.end === 'whole', node.end === 'whole']
  if (isOurs && isNodes) {
    const { status, headers, body, informational } = ours
    const same = { status, headers: { ...headers }, body, informational }
    const { end: _, ...theirs } = node
    return JSON.stringify(sorted(same)) === JSON.stringify(sorted(theirs)) ? undefined : { same, theirs }
  }
  if (isOurs === isNodes) return undefined
  const known = isOurs
    ? MORE_LENIENT.some((words) => words.test(node.end))
    : STRICTER.some((words) => words.test(ours.end))
  return known ? undefined : { ours, node }
}

const sorted = ({ headers, ...rest }: Omit<NodeHeard, 'end'>): unknown => [
  rest.status,
  rest.body,
  rest.informational,
  Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1)),
]

describe('the bytes of an answer, right or spoiled,', () => {
  test('mean what they mean to Node', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(answers, async ({ bytes, method, isValid }) => {
        const ours = hear([bytes], { isHead: method === 'HEAD' })
        if (isValid) expect(ours.end).toBe('whole')
        if (ours.end === 'whole') taken++
        // What comes behind the answer is none of it; Node would read it as the next one.
        const node = await nodeHears(bytes.subarray(0, bytes.length - (ours.leftBytes ?? 0)), method)
        expect(disagreement(ours, node)).toBeUndefined()
      }),
      { numRuns: 1_500 },
    )
    // A property that mostly sees nonsense would say little.
    expect(taken).toBeGreaterThan(500)
  })

  test('mean the same however they are cut, and byte by byte', () => {
    /** How far it was read before it was refused is a matter of the pieces. */
    const meaning = ({ leftBytes: _, ...heard }: Heard): unknown =>
      heard.end.startsWith('refused') ? 'refused' : heard
    fc.assert(
      fc.property(answers, ({ bytes, method, cuts }) => {
        const isHead = method === 'HEAD'
        const whole = meaning(hear([bytes], { isHead }))
        expect(meaning(hear(cutAt(bytes, cuts), { isHead }))).toEqual(whole)
        expect(meaning(hear(cutAt(bytes, [...bytes.keys()]), { isHead }))).toEqual(whole)
      }),
      { numRuns: 500 },
    )
  })
})
