// Reading what users name from disk, without waiting for what is no file and without taking in what is
// too large; and where a path really leads, symbolic links followed.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { formatCount } from '../units.ts'

const MB = 1024 ** 2
/** Of any file that is named, whatever is made of it. */
const MOST_BYTES = 16 * MB

/** What Node says of these names its own calls, and the path again. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file, or it is a link that leads to none',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead to each other',
}

/**
 * Throws an Error of one line, with the code of Node's where there is one: when it is no regular file, when it cannot
 * be read, and when it is too large.
 */
export function readBytes(path: string): Uint8Array {
  try {
    return readRegular(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw Object.hasOwn(REASONS, code) ? Object.assign(new Error(REASONS[code]), { code }) : error
  }
}

function readRegular(path: string): Uint8Array {
  const found = statSync(path)
  if (found.isDirectory()) throw new Error('it is a folder')
  // A pipe or a device may never end.
  if (!found.isFile()) throw new Error('it is no regular file')
  if (found.size > MOST_BYTES)
    throw new Error(`it has ${formatCount(Math.ceil(found.size / MB))} MB, and at most ${MOST_BYTES / MB} MB are read`)
  return readFileSync(path)
}

export function readText(path: string): string {
  return Buffer.from(readBytes(path)).toString('utf8')
}

/** Where a path leads: the links of what is there are followed, what is not there is taken as written. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const folder = dirname(path)
    return folder === path ? path : join(realPath(folder), basename(path))
  }
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
