// Bare undici, as most people would write it: `request(url)` and `json()` in a loop per agent.
import { Agent, request } from 'undici'
import { askInLoops } from './ask-in-loops.mjs'
import { agents, base } from './calls.mjs'

const dispatcher = new Agent({ connections: agents, pipelining: 1 })

await askInLoops((path, options) => request(`${base}${path}`, { dispatcher, ...options }))
await dispatcher.close()
