// The text of a checkpoint: lines of JSON, so that it can be made and written piece by piece. The first says
// which run and cycle it is of, the last how many lines there are and their digest: without it, or with
// another, the file is damaged. What the parts mean is run/'s.
import { createHash } from 'node:crypto'

export interface CheckpointHead {
  readonly version: 1
  readonly runId: string
  readonly scenario: string
  readonly seed: number
  /** Of the plan's fingerprint. */
  readonly planHash: string
  /** All up to this one are over. */
  readonly cycle: number
  readonly cycles: number
  /** UTC, ISO 8601. */
  readonly at: string
}

/** One line: what it is, and its value as JSON. */
export interface CheckpointPart {
  readonly kind: string
  readonly json: string
}

export interface ReadPart {
  readonly kind: string
  readonly value: unknown
}

export interface ReadCheckpoint {
  readonly head: CheckpointHead
  readonly parts: readonly ReadPart[]
}

/** What was read is not a whole checkpoint. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

/** Pieces of about so many characters. */
const PIECE_CHARACTERS = 64 * 1024

/** In pieces; joined they are the file. */
export async function* checkpointText(
  head: CheckpointHead,
  parts: Iterable<CheckpointPart> | AsyncIterable<CheckpointPart>,
): AsyncGenerator<string> {
  const digest = createHash('sha256')
  let piece = lineOf('head', JSON.stringify(head))
  let lines = 1
  for await (const { kind, json } of parts) {
    piece += lineOf(kind, json)
    lines++
    if (piece.length < PIECE_CHARACTERS) continue
    digest.update(piece)
    yield piece
    piece = ''
  }
  digest.update(piece)
  yield piece + lineOf('end', JSON.stringify({ lines, sha256: digest.digest('hex') }))
}

const lineOf = (kind: string, json: string): string => `{${JSON.stringify(kind)}:${json}}\n`

/** @throws DamagedError */
export function readCheckpointText(text: string): ReadCheckpoint {
  if (!text.endsWith('\n')) throw new DamagedError('its end is missing')
  const last = text.lastIndexOf('\n', text.length - 2) + 1
  const end = parsePart(text.slice(last, -1))
  const body = text.slice(0, last)
  const { lines, sha256 } = asMapping(end.kind === 'end' ? end.value : undefined)
  if (typeof sha256 !== 'string') throw new DamagedError('its end is missing')
  if (createHash('sha256').update(body).digest('hex') !== sha256) throw new DamagedError('it was changed')
  const [first, ...parts] = body.split('\n').slice(0, -1).map(parsePart)
  if (first?.kind !== 'head' || lines !== parts.length + 1) throw new DamagedError('lines are missing')
  return { head: asHead(first.value), parts }
}

/** Of the first line alone, for choosing among many. @throws DamagedError */
export function readHead(text: string): CheckpointHead {
  const [line = ''] = text.split('\n', 1)
  const { kind, value } = parsePart(line)
  if (kind !== 'head') throw new DamagedError('its head is missing')
  return asHead(value)
}

/** The version is judged by whoever asked: one that is newer is not damaged. */
function asHead(value: unknown): CheckpointHead {
  const { version, runId, scenario, cycle, at } = asMapping(value)
  const isHead =
    typeof version === 'number' &&
    typeof runId === 'string' &&
    typeof scenario === 'string' &&
    typeof cycle === 'number' &&
    typeof at === 'string'
  if (!isHead) throw new DamagedError('its head is not one')
  return value as CheckpointHead
}

function parsePart(line: string): ReadPart {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new DamagedError('a line is not JSON')
  }
  const [entry] = Object.entries(asMapping(parsed))
  if (entry === undefined) throw new DamagedError('a line holds nothing')
  return { kind: entry[0], value: entry[1] }
}

function asMapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
