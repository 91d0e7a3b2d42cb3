// autocannon, from the scratch folder it is installed in, with its own way to chain requests.
import { createRequire } from 'node:module'
import { agents, base, calls, durationMs } from './calls.mjs'

const autocannon = createRequire(process.env.BENCH_TOOLS)('autocannon')

const requests = calls.map(({ method, path, body, keep }) => ({
  method,
  setupRequest(request, values) {
    const json = body === undefined ? undefined : JSON.stringify(body(values))
    const headers = json === undefined ? request.headers : { ...request.headers, 'content-type': 'application/json' }
    return { ...request, method, path: path(values), headers, body: json }
  },
  onResponse(_status, text, values) {
    keep?.(JSON.parse(text), values)
  },
}))
// One plain GET needs none of that.
const what = calls.length === 1 ? { url: `${base}${calls[0].path({})}` } : { url: base, requests }
const result = await autocannon({ ...what, connections: agents, duration: durationMs / 1000 })
if (result.non2xx > 0 || result.errors > 0) {
  process.stdout.write(`${result.non2xx} answers were not 2xx, ${result.errors} errors\n`)
  process.exitCode = 1
}
