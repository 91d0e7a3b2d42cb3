// A server that takes random times and writes down what each answer really took, from the request's
// last byte read to the answer's last byte handed to the system. `node accuracy-server.mjs <port>`
// Bare sockets, no HTTP server: what that would take could not be told from the client's error.
import { createServer } from 'node:net'

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
const BODY = '{"ok":true}'
const answerOf = (body) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const ANSWER = Buffer.from(answerOf(BODY))

let tookMs = []

function take(socket, path) {
  const begun = performance.now()
  if (path === '/__times') {
    const sorted = Float64Array.from(tookMs).sort()
    tookMs = []
    return void socket.write(answerOf(JSON.stringify([...sorted])))
  }
  const due = begun + drawMs()
  const answer = () => {
    if (socket.destroyed) return
    socket.write(ANSWER)
    tookMs.push(performance.now() - begun)
  }
  // A timer comes up to a millisecond early or late; what it came to is what is written down.
  setTimeout(answer, Math.max(0, due - performance.now()))
}

createServer({ noDelay: true }, (socket) => {
  let rest = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    // Only requests without a body come here.
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      take(socket, rest.split(' ', 2)[1])
      rest = rest.slice(end + 4)
    }
  })
}).listen(port, '127.0.0.1')
