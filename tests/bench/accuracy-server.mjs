// A server that takes random times and writes down what each answer really took, from the request's
// last byte read to the answer's last byte handed to the system. `node accuracy-server.mjs <port>`
import { createServer } from 'node:http'

const port = Number(process.argv[2])
/** Fixed, so that every contender meets the same times. */
let state = 42
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
/** Log-normal, median 8 ms, with a tail; whole milliseconds would hide errors below one. */
const drawMs = () =>
  Math.min(400, 8 * Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(6.283 * random())))
const HEAD = { 'content-type': 'application/json', 'content-length': 11 }

let tookMs = []

createServer((request, response) => {
  const begun = performance.now()
  request.resume()
  if (request.url === '/__times') {
    const sorted = Float64Array.from(tookMs).sort()
    tookMs = []
    return void response.end(JSON.stringify([...sorted]))
  }
  const due = begun + drawMs()
  const answer = () => {
    response.writeHead(200, HEAD).end('{"ok":true}')
    tookMs.push(performance.now() - begun)
  }
  // A timer alone is up to a millisecond early or late.
  const look = () => {
    const left = due - performance.now()
    if (left <= 0) answer()
    else if (left < 1.2) setImmediate(look)
    else setTimeout(look, left - 1)
  }
  look()
}).listen(port, '127.0.0.1')
