// `preset`: another file that lies below this one, ours by its name or the user's by its path. It holds
// keys that the file could hold itself: mappings are merged key by key, all else is the file's.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shown } from '../actions/failure.ts'
import { didYouMean } from '../errors.ts'
import { readNamed } from './named-file.ts'
import type { Reading } from './named-file.ts'
import { isMapping } from './reader.ts'
import type { Mapping } from './reader.ts'
import { Source } from './source.ts'

/** Ours, in the folder `presets` of the package; the mildest first. */
export const PRESETS: readonly string[] = ['smoke', 'ci', 'average', 'stress', 'spike', 'soak', 'scale-372']

/** Kinds of one thing: keys of two of them make none. */
const WHOLE: ReadonlySet<string> = new Set(['workload'])

export interface Layered {
  /** The file's value over the preset's. */
  readonly value: Mapping
  readonly preset?: Source
  /** Absolute paths of files of the user's; one of them may not exist. */
  readonly files: readonly string[]
}

/** @param source gets the preset below it, and the problems with naming one */
export function layPreset(source: Source, own: Mapping, reading: Reading): Layered {
  const alone = { value: own, files: [] }
  if (!Object.hasOwn(own, 'preset')) return alone
  const given = own['preset']
  const refuse = (code: string, message: string, hint: string): void =>
    source.add({ code, path: ['preset'], message, hint })
  if (typeof given !== 'string') {
    refuse('wrong-value', `"preset" must be a name or a path, not ${shown(given)}.`, known(''))
    return alone
  }
  if (!isPath(given)) {
    if (PRESETS.includes(given)) return merged(source, own, ourPreset(given), [])
    refuse('unknown-preset', `There is no preset ${shown(given)}.`, known(given))
    return alone
  }
  const { path, text, wrong } = readNamed(given, dirname(source.file), 'preset-file', reading)
  if (wrong !== undefined) refuse(wrong.code, wrong.message, wrong.hint)
  const files = path === undefined ? [] : [path]
  return path === undefined || text === undefined
    ? { value: own, files }
    : merged(source, own, new Source(path, text), files)
}

const isPath = (given: string): boolean => /[\\/]|\.ya?ml$/.test(given)

const known = (given: string): string => `${didYouMean(given, PRESETS, 'Presets')} Or a path: preset: ./mine.yaml`

/** Beside the folder with this code, in the repository and in the package. */
function ourPreset(name: string): Source {
  const file = fileURLToPath(new URL(`../../presets/${name}.yaml`, import.meta.url))
  return new Source(file, readFileSync(file, 'utf8'))
}

function merged(source: Source, own: Mapping, preset: Source, files: readonly string[]): Layered {
  const { value } = preset
  if (!isMapping(value)) {
    if (preset.problems.length === 0)
      preset.add({ code: 'not-a-preset', path: [], message: 'A preset is a mapping (key: value), as a scenario is.' })
    return { value: own, preset, files }
  }
  const { preset: another, ...below } = value
  if (another !== undefined)
    preset.add({
      code: 'preset-of-a-preset',
      path: ['preset'],
      atKey: true,
      message: 'A preset lies below a scenario, not over another preset.',
      hint: 'Write its keys out.',
    })
  const all = lay(own, below)
  source.layOver(preset, all)
  return { value: all, preset, files }
}

/** Own properties only, and in the file's order: groups and flows have one. */
function lay(upper: Mapping, lower: Mapping): Mapping {
  const all = new Map<string, unknown>(Object.entries(upper))
  for (const [key, value] of Object.entries(lower)) {
    const over = all.get(key)
    if (!all.has(key)) all.set(key, value)
    else if (isMapping(over) && isMapping(value) && !WHOLE.has(key)) all.set(key, lay(over, value))
  }
  return Object.fromEntries(all)
}
