// Which files a list of names, folders and globs stands for. A shell has mostly replaced the globs; where
// it has not (quoted, on Windows), they are matched here.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { UsageError } from './terminal.ts'

/** What is a scenario by its name. */
const SCENARIOS = '**/*.scenario.{yaml,yml,ts}'
/** Those too that only Vitest can run. */
const ALL_KINDS = '**/*.scenario.{yaml,yml,ts,mts,cts,js,mjs,cjs}'

/**
 * Absolute paths, each once, in the order of the patterns and of the alphabet.
 * @param untrusted nothing that Vitest would run is left out: neither modules nor hidden folders
 * @throws UsageError when a pattern stands for nothing
 */
export function findFiles(patterns: readonly string[], folder: string, untrusted = false): string[] {
  const wanted = patterns.length > 0 ? patterns : [untrusted ? ALL_KINDS : SCENARIOS]
  const found = wanted.flatMap((pattern) => {
    const files = filesFor(pattern, folder, untrusted)
    if (files.length > 0) return files
    const leftOut = untrusted ? 'node_modules' : 'node_modules and hidden folders'
    throw new UsageError(`No scenario file matches "${pattern}".`, `Looked below ${folder}, ${leftOut} left out.`)
  })
  return [...new Set(found)]
}

function filesFor(pattern: string, folder: string, untrusted: boolean): string[] {
  const path = resolve(folder, pattern)
  if (!existsSync(path)) return matching(pattern, folder, untrusted)
  const below = untrusted ? ALL_KINDS : SCENARIOS
  return statSync(path).isDirectory() ? matching(below, path, untrusted) : [path]
}

function matching(pattern: string, folder: string, untrusted: boolean): string[] {
  const glob = slashes(resolve(folder, pattern))
  const parts = glob.split('/')
  const start =
    parts
      .slice(
        0,
        parts.findIndex((part) => /[*?{]/.test(part)),
      )
      .join('/') || '/'
  const expression = globExpression(glob)
  return existsSync(start) ? walk(start, untrusted).filter((file) => expression.test(slashes(file))) : []
}

const slashes = (path: string): string => path.split(sep).join('/')

/** All files below; what belongs to packages and tools is left out. */
function walk(folder: string, hidden: boolean): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const isHidden = entry.name === '.git' || (entry.name.startsWith('.') && !hidden)
    if (entry.name === 'node_modules' || isHidden) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path, hidden) : [path]
  })
}

/** All files of folders, for those who look at every one. @throws UsageError when one is not there */
export function filesOf(folders: readonly string[], folder: string): string[] {
  const found = folders.flatMap((name) => {
    const path = resolve(folder, name)
    if (!existsSync(path)) throw new UsageError(`There is no folder or file "${name}".`)
    return statSync(path).isDirectory() ? walk(path, true) : [path]
  })
  return [...new Set(found)].filter((path) => !OF_TOOLS.test(slashes(path)))
}

const OF_TOOLS = /\/(?:\.?venv|__pycache__|\.turbulence|\.tox|\.mypy_cache)\//

/** `**` any folders, `*` and `?` within a name, `{a,b}` one of several. */
function globExpression(glob: string): RegExp {
  let source = ''
  let depth = 0
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] ?? ''
    if (glob.startsWith('**/', at)) [source, at] = [`${source}(?:[^/]+/)*`, at + 2]
    else if (glob.startsWith('**', at)) [source, at] = [`${source}.*`, at + 1]
    else if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '{') [source, depth] = [`${source}(?:`, depth + 1]
    else if (char === '}' && depth > 0) [source, depth] = [`${source})`, depth - 1]
    else if (char === ',' && depth > 0) source += '|'
    else source += /[\\^$.|+()[\]{}]/.test(char) ? `\\${char}` : char
  }
  return new RegExp(`^${source}${')'.repeat(depth)}$`)
}
