// A file that a scenario names: found beside the file that names it, held inside the project, and read.
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { shown } from '../actions/failure.ts'

export interface NamedFile {
  /** Absolute; undefined when it lies where no file may be read. */
  readonly path?: string
  readonly text?: string
  /** Why there is no text. */
  readonly wrong?: { readonly code: string; readonly message: string; readonly hint: string }
}

export interface Reading {
  readonly read: (path: string) => string
  /** What is named must lie inside. */
  readonly root?: string | undefined
}

export function textOf(path: string, read: (path: string) => string): string | Error {
  try {
    return read(path)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/**
 * @param given as written
 * @param folder it is relative to
 * @param code of the problem when it cannot be read
 */
export function readNamed(given: string, folder: string, code: string, { read, root }: Reading): NamedFile {
  const path = resolve(folder, given)
  const inside = root === undefined ? '' : relative(resolve(root), path)
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    const message = `${shown(given)} lies outside of the project.`
    const hint = 'Files that a scenario names lie inside the root folder of the project.'
    return { wrong: { code: 'outside-root', message, hint } }
  }
  const text = textOf(path, read)
  if (!(text instanceof Error)) return { path, text }
  const isMissing = 'code' in text && text.code === 'ENOENT'
  const message = isMissing ? `There is no file ${shown(given)}.` : `${shown(given)} cannot be read: ${text.message}.`
  return { path, wrong: { code, message, hint: 'The path is relative to the file that names it.' } }
}
