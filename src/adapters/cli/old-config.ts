// What of a vitest.config.ts runs the files of a Turbulence directory as they are: where the SUT and the policies
// lie, and globs that match its scenarios and nothing else.
import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'

export interface Surroundings {
  /** Absolute. */
  readonly sut: string | undefined
  /** Absolute. */
  readonly policies: string | undefined
}

/** `turbulence({ sut: './sut.yaml' })` */
export function pluginCall(scenarios: readonly string[], { sut, policies }: Surroundings, root: string): string {
  const fromRoot = (path: string): string => quoted(`./${slashed(relative(root, path))}`)
  const include = globsOf(scenarios.map((file) => resolve(file)))
  const options = [
    ...(sut === undefined ? [] : [`sut: ${fromRoot(sut)}`]),
    ...(policies === undefined || isBeside(policies, sut) ? [] : [`policies: ${fromRoot(policies)}`]),
    ...(include.length === 0 ? [] : [`include: [${include.map((glob) => quoted(globFrom(root, glob))).join(', ')}]`]),
  ]
  return options.length === 0 ? 'turbulence()' : `turbulence({ ${options.join(', ')} })`
}

/** Where they are looked for anyway. */
function isBeside(policies: string, sut: string | undefined): boolean {
  return sut !== undefined && /^policies\.ya?ml$/.test(basename(policies)) && dirname(sut) === dirname(policies)
}

interface Glob {
  readonly folder: string
  /** Undefined: the usual names, in all folders. */
  readonly names: string | undefined
}

/** Empty when all are named so that they are found without. */
function globsOf(scenarios: readonly string[]): Glob[] {
  const unusual = scenarios.filter((file) => !isUsual(file))
  if (unusual.length === 0) return []
  const known = new Set(scenarios)
  const wholes = new Set([...new Set(unusual.map((file) => dirname(file)))].filter((folder) => isWhole(folder, known)))
  const single = unusual.filter((file) => !wholes.has(dirname(file)))
  const isFound = (file: string): boolean => wholes.has(dirname(file)) || !isUsual(file)
  return [
    ...[...wholes].map((folder) => ({ folder, names: '*.{yaml,yml}' })),
    ...single.map((file) => ({ folder: dirname(file), names: escaped(basename(file)) })),
    ...(scenarios.every(isFound) ? [] : [{ folder: '', names: undefined }]),
  ]
}

const isUsual = (file: string): boolean => /\.scenario\.ya?ml$/.test(file)

/** All YAML in it is scenarios: no SUT would be taken for one. */
function isWhole(folder: string, scenarios: ReadonlySet<string>): boolean {
  const yaml = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  return yaml.every((name) => scenarios.has(join(folder, name)))
}

function globFrom(root: string, { folder, names }: Glob): string {
  if (names === undefined) return '**/*.scenario.{yaml,yml,ts}'
  return [escaped(slashed(relative(root, folder))), names].filter(Boolean).join('/')
}

const slashed = (path: string): string => path.replaceAll('\\', '/')
/** For globs. */
const escaped = (name: string): string => name.replaceAll(/[[\](){}*?!+@]/g, String.raw`\$&`)
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
