// What all drivers read from their command line: whom to load, with which calls, for how long.
import { CALLS } from '../work.mjs'

const [, , url, work, seconds, connections] = process.argv
export const base = url ?? ''
/** @type {'get' | 'flow'} */
export const workName = work === 'get' ? 'get' : 'flow'
export const calls = CALLS[workName]
export const durationMs = Number(seconds) * 1000
export const agents = Number(connections)
