// The bytes of an answer as the service meant them: decompressed as its `content-encoding` says. Only a step
// that looks into a body has it decompressed; what was measured is the answer as it came.
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib'

export type Decoded = { readonly bytes: Uint8Array } | { readonly bytes: Uint8Array; readonly error: string }

type Decompress = (bytes: Uint8Array, mostBytes: number) => Uint8Array

// An answer that was cut off is decompressed as far as it came.
const zlibFlush = constants.Z_SYNC_FLUSH
const gunzip: Decompress = (bytes, most) => gunzipSync(bytes, { finishFlush: zlibFlush, maxOutputLength: most })
const inflate: Decompress = (bytes, most) => inflateSync(bytes, { finishFlush: zlibFlush, maxOutputLength: most })
const brotli: Decompress = (bytes, most) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: most })

const KNOWN = new Map<string, Decompress>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotli],
])

/** More would be a bomb; no service nests them. */
const MOST_LAYERS = 2

/**
 * @param header `content-encoding` of the answer
 * @param mostBytes the longest a body may be, decompressed or not
 */
export function decodeBody(bytes: Uint8Array, header: string | string[] | undefined, mostBytes: number): Decoded {
  if (header === undefined || bytes.length === 0) return { bytes }
  const layers = (typeof header === 'string' ? header : header.join(','))
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  const unknown = layers.find((name) => !KNOWN.has(name))
  if (unknown !== undefined || layers.length > MOST_LAYERS)
    return { bytes, error: `its content-encoding is ${unknown ?? layers.join(', ')}, not gzip, deflate or br` }
  let decoded = bytes
  for (const name of layers.toReversed()) {
    try {
      decoded = KNOWN.get(name)?.(decoded, mostBytes) ?? decoded
    } catch (error) {
      const isTooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      return { bytes, error: isTooLong ? 'it is longer than max_body when decompressed' : `it is not valid ${name}` }
    }
  }
  return { bytes: decoded }
}
