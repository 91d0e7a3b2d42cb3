// The bytes of an answer as the service meant them: decompressed as its `content-encoding` says. Only a step
// that looks into a body has it decompressed; what was measured is the answer as it came.
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

export type Decoded = { readonly bytes: Uint8Array } | { readonly bytes: Uint8Array; readonly error: string }

interface Limits {
  readonly mostBytes: number
  /** An answer that was cut off is decompressed as far as it came. */
  readonly isCut: boolean
}

type Decompress = (bytes: Uint8Array, limits: Limits) => Uint8Array

const { Z_FINISH, Z_SYNC_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH } = constants
const zlibOptions = ({ mostBytes, isCut }: Limits): { finishFlush: number; maxOutputLength: number } => ({
  finishFlush: isCut ? Z_SYNC_FLUSH : Z_FINISH,
  maxOutputLength: mostBytes,
})
const gunzip: Decompress = (bytes, limits) => gunzipSync(bytes, zlibOptions(limits))
/** Some services leave out the wrapping that the standard wants (RFC 9110 § 8.4.1.2); its first byte is known. */
const inflate: Decompress = (bytes, limits) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, zlibOptions(limits)) : inflateRawSync(bytes, zlibOptions(limits))
const brotli: Decompress = (bytes, { mostBytes, isCut }) =>
  brotliDecompressSync(bytes, {
    finishFlush: isCut ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_FINISH,
    maxOutputLength: mostBytes,
  })

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
 * @param limits of a body, decompressed or not
 */
export function decodeBody(bytes: Uint8Array, header: string | string[] | undefined, limits: Limits): Decoded {
  if (header === undefined || bytes.length === 0) return { bytes }
  const layers = (typeof header === 'string' ? header : header.join(','))
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  const unknown = layers.find((name) => !KNOWN.has(name))
  if (unknown !== undefined) return { bytes, error: `its content-encoding is ${unknown}, not gzip, deflate or br` }
  if (layers.length > MOST_LAYERS)
    return { bytes, error: `its content-encoding, ${layers.join(', ')}, is more than ${MOST_LAYERS} inside each other` }
  let decoded = bytes
  for (const name of layers.toReversed()) {
    try {
      decoded = KNOWN.get(name)?.(decoded, limits) ?? decoded
    } catch (error) {
      const isTooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      return { bytes, error: isTooLong ? 'it is longer than max_body when decompressed' : `it is not valid ${name}` }
    }
  }
  return { bytes: decoded }
}
