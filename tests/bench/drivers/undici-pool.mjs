// Bare undici with less to do per call: `request()` and `json()` on a pool that is bound to its origin.
import { Pool } from 'undici'
import { askInLoops } from './ask-in-loops.mjs'
import { agents, base } from './calls.mjs'

const pool = new Pool(base, { connections: agents, pipelining: 1 })

await askInLoops((path, options) => pool.request({ path, ...options }))
await pool.close()
