// Paths as reports show them: relative to a root that is handed in, always with forward slashes.
import { posix } from 'node:path'

export function relativePath(file: string, root: string | undefined): string {
  const slashed = file.replaceAll('\\', '/')
  if (root === undefined) return posix.basename(slashed)
  return posix.relative(root.replaceAll('\\', '/'), slashed) || posix.basename(slashed)
}
