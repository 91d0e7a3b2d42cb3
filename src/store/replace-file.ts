// Writes a whole file at once: beside it, then renamed, so that nobody ever reads half of it. A disk
// that does not take it is a sentence, not an exception: a run must not fail because of its reports.
import * as nodeFs from 'node:fs'

/** The part of node:fs that is used. */
export type Disk = Pick<typeof nodeFs, 'mkdirSync' | 'writeFileSync' | 'renameSync' | 'rmSync'>

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'the folder is gone',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file is where the folder should be',
  EISDIR: 'a folder is where the file should be',
  ERR_FS_EISDIR: 'a folder is where the file should be',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the path is too long',
}

/** Makes the folder and those above it. Undefined when it is there, else why not: `permission denied (EACCES)`. */
export function makeFolder(path: string, disk: Disk = nodeFs): string | undefined {
  try {
    disk.mkdirSync(path, { recursive: true })
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

/** Undefined when it was written, else why not: `no space is left on the disk (ENOSPC)`. Its folder must be there. */
export function replaceFile(path: string, content: string, disk: Disk = nodeFs): string | undefined {
  const temporary = `${path}.tmp`
  try {
    disk.writeFileSync(temporary, content)
    disk.renameSync(temporary, path)
    return undefined
  } catch (error) {
    try {
      disk.rmSync(temporary, { force: true })
    } catch {
      // The first reason is the one that helps.
    }
    return reasonOf(error)
  }
}

/** Of an error of the file system: `permission denied (EACCES)`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code === undefined ? error.message : `${REASONS[code] ?? error.message} (${code})`
}
