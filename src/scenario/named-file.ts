// A file that a scenario names: found beside the file that names it, held inside the project (links followed first),
// and read.
import { resolve } from 'node:path'
import { shown } from '../actions/failure.ts'
import { isInside, realPath } from './disk.ts'

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
  const real = realPath(path)
  if (root !== undefined && !isInside(real, realPath(resolve(root)))) return { wrong: outside(given, path, real, root) }
  // What was looked at is what is read.
  const text = textOf(real, read)
  if (!(text instanceof Error)) return { path, text }
  const isMissing = 'code' in text && text.code === 'ENOENT'
  const message = isMissing ? `There is no file ${shown(given)}.` : `${shown(given)} cannot be read: ${text.message}.`
  return { path, wrong: { code, message, hint: 'The path is relative to the file that names it.' } }
}

/** Of a path that leads where no file may be read. */
export function outside(given: string, path: string, real: string, root: string): NonNullable<NamedFile['wrong']> {
  const isLink = isInside(path, root)
  const message = isLink
    ? `${shown(given)} is a link that leads to ${shown(real)}, outside of the project.`
    : `${shown(given)} lies outside of the project.`
  const hint = 'Files that a scenario names lie inside the root folder of the project, or of the option "root".'
  return { code: 'outside-root', message, hint }
}
