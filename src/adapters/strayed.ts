// A scenario file that is a link out of the project: what it leads to may be any file of this machine, so that
// nothing of it is shown.
import type { Problem } from '../errors.ts'

export const isStrayed = ({ code, path }: Problem): boolean => code === 'outside-root' && path === ''
