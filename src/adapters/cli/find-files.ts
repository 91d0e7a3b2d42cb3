// Which files a list of names, folders and globs stands for. A shell has mostly replaced the globs; where
// it has not (quoted, on Windows), they are matched here.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { UsageError } from './terminal.ts'

const IN_A_FOLDER = '**/*.scenario.{yaml,yml}'

/**
 * Absolute paths, each once, in the order of the patterns and of the alphabet.
 * @throws UsageError when a pattern stands for nothing
 */
export function findFiles(patterns: readonly string[], folder: string): string[] {
  const found = patterns.flatMap((pattern) => {
    const files = filesFor(pattern, folder)
    if (files.length > 0) return files
    throw new UsageError(`No scenario file matches "${pattern}".`, `Looked below ${folder}, node_modules left out.`)
  })
  return [...new Set(found)]
}

function filesFor(pattern: string, folder: string): string[] {
  const path = resolve(folder, pattern)
  if (!existsSync(path)) return matching(pattern, folder)
  return statSync(path).isDirectory() ? matching(IN_A_FOLDER, path) : [path]
}

function matching(pattern: string, folder: string): string[] {
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
  return existsSync(start) ? walk(start).filter((file) => expression.test(slashes(file))) : []
}

const slashes = (path: string): string => path.split(sep).join('/')

/** All files below; what belongs to packages and tools is left out. */
function walk(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}

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
