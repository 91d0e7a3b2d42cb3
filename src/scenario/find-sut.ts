// Where the system under test is described: in the scenario file, in a file it names, or in what was
// handed in from outside. What the description means is sut.ts.
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { shown } from '../actions/failure.ts'
import { readNamed } from './named-file.ts'
import type { Reading } from './named-file.ts'
import type { Overrides } from './overrides.ts'
import { Reader, isMapping } from './reader.ts'
import type { Mapping } from './reader.ts'
import { Source } from './source.ts'
import { readSut } from './sut.ts'
import type { ProfileChoice, Sut } from './sut.ts'

export interface LoadOptions {
  /** What a scenario that is written in TypeScript exports; whoever asks has run the module. */
  readonly value?: unknown
  /** Wins over the file's `profile`. */
  readonly profile?: string
  /** For files that name none: a path, or the mapping itself. */
  readonly sut?: string | Mapping
  /** A file of policies, for `decide` steps without options; default: `policies.yaml` beside the SUT. */
  readonly policies?: string
  /** Files that a scenario names must lie inside. */
  readonly root?: string
  readonly readFile?: (path: string) => string
  /** Also say what runs code of the repository, and what the environment is used for. */
  readonly untrusted?: boolean
  /** Over the file and its preset. */
  readonly overrides?: Overrides
}

export interface FoundSut {
  /** Undefined when there is none that can be read. */
  readonly sut: Sut | undefined
  readonly sutSource: Source
  /** Also one that is not there: it may be made. */
  readonly files: readonly string[]
}

export function findSut(file: Mapping, reader: Reader, options: LoadOptions, read: (path: string) => string): FoundSut {
  const { source } = reader
  const none = { sut: undefined, sutSource: source, files: [] }
  const asked = askedProfile(file, reader, options)
  const isOwn = Object.hasOwn(file, 'sut')
  const given = isOwn ? file['sut'] : options.sut
  // A preset may name it, beside itself.
  const folder = dirname(source.place(['sut']).file)
  if (isMapping(given) && isOwn) return { ...none, sut: readSut(given, new Reader(source, ['sut']), asked, folder) }
  if (isMapping(given)) {
    const inOptions = new Source(source.file, JSON.stringify(given))
    return {
      ...none,
      sutSource: inOptions,
      sut: readSut(inOptions.value, new Reader(inOptions), asked, resolve(options.root ?? '')),
    }
  }
  if (given === undefined) {
    source.add({
      code: 'missing-key',
      path: ['sut'],
      message: 'The file names no system under test: "sut" is missing.',
      hint: 'sut: ./shop.sut.yaml, or sut: { services: { api: { base_url: "http://127.0.0.1:3000" } } }',
    })
    return none
  }
  if (typeof given !== 'string') {
    source.add({
      code: 'wrong-value',
      path: ['sut'],
      message: `"sut" must be a path or a mapping, not ${shown(given)}.`,
    })
    return none
  }
  const from = isOwn ? folder : resolve(options.root ?? '')
  return fromFile(given, from, reader, { read, root: options.root }, asked) ?? none
}

function fromFile(
  given: string,
  folder: string,
  { source }: Reader,
  reading: Reading,
  asked: ProfileChoice | undefined,
): FoundSut | undefined {
  const { path, text, wrong } = readNamed(given, folder, 'sut-file', reading)
  if (wrong !== undefined) source.add({ path: ['sut'], ...wrong })
  if (path === undefined) return undefined
  const files = [path]
  if (text === undefined) return { sut: undefined, sutSource: source, files }
  const sutSource = new Source(path, text)
  if (isMapping(sutSource.value))
    return { sut: readSut(sutSource.value, new Reader(sutSource), asked, dirname(path)), sutSource, files }
  if (sutSource.problems.length === 0)
    sutSource.add({
      code: 'not-a-sut',
      path: [],
      message: 'A SUT file is a mapping (key: value).',
      hint: 'services: { api: { base_url: "http://127.0.0.1:3000" } }',
    })
  return { sut: undefined, sutSource, files }
}

function askedProfile(file: Mapping, reader: Reader, options: LoadOptions): ProfileChoice | undefined {
  const own = reader.optional(z.string(), file, 'profile', undefined)
  const name = options.profile ?? own
  if (name === undefined) return undefined
  const from = options.profile === undefined ? '' : ' It was chosen from outside of the file.'
  const notThere = (hint: string): void =>
    reader.source.add({
      code: 'unknown-profile',
      path: options.profile === undefined ? ['profile'] : ['sut'],
      message: `There is no profile "${name}".${from}`,
      hint,
    })
  return { name, notThere }
}
