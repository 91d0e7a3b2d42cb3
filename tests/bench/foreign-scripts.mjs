// The same work in the languages of other tools: one user's flow with extraction and expectations.
import { CALLS, CONNECTIONS } from './work.mjs'

const EXPECTED = { get: [200], flow: [200, 201, 201, 200, 200, 201] }

/** @param {'get' | 'flow'} work @param {string} url */
export function k6Script(work, url) {
  const calls = CALLS[work].map(({ method, path, body, keep }, at) => {
    const json = body === undefined ? 'null' : `JSON.stringify((${String(body)})(v))`
    return `  {
    const r = http.request('${method}', base + (${String(path)})(v), ${json}, { headers: { 'content-type': 'application/json' } })
    check(r, { status: (r) => r.status === ${EXPECTED[work][at]} })
    ${keep === undefined ? '' : `;(${String(keep)})(r.json(), v)`}
  }`
  })
  return `import http from 'k6/http'
import { check } from 'k6'
const base = '${url}'
export const options = { thresholds: { http_req_duration: ['p(95)<10000'] } }
export default function () {
  const v = {}
${calls.join('\n')}
}
`
}

/** What the flow extracts, in Artillery's words, by position of the call. */
const CAPTURES = {
  0: { json: '$.items[0].id', as: 'product' },
  1: { json: '$.id', as: 'cart' },
  3: { json: '$.items[0].code', as: 'code' },
}

/** @param {'get' | 'flow'} work @param {string} url @param {number} seconds */
export function artilleryScript(work, url, seconds) {
  const marks = { product: '{{ product }}', cart: '{{ cart }}', code: '{{ code }}' }
  const requests = CALLS[work].map(({ method, path, body }, at) => ({
    [method.toLowerCase()]: {
      url: path(marks),
      ...(body !== undefined && { json: body(marks) }),
      ...(work === 'flow' && CAPTURES[at] !== undefined && { capture: CAPTURES[at] }),
      expect: { statusCode: EXPECTED[work][at] },
    },
  }))
  return JSON.stringify({
    config: {
      target: url,
      phases: [{ duration: 1, arrivalCount: CONNECTIONS }],
      http: { timeout: 10, pool: CONNECTIONS },
      plugins: { expect: { reportFailuresAsErrors: true } },
    },
    scenarios: [{ flow: [{ loop: requests, count: loops(work, seconds) }] }],
  })
}

/** Artillery's users end by a number of rounds, not by time: enough for the fastest one measured, then it is stopped. */
const loops = (work, seconds) => Math.ceil((seconds * 4000) / CONNECTIONS / CALLS[work].length)
