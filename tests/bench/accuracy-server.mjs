// A server that takes random times and writes down what each answer really took, from the request being
// read to the answer being handed to the system. `node accuracy-server.mjs <port> spin|wait`
// What stood between the two and its clock would be taken for the client's error. So: bare sockets, an answer made
// beforehand, nothing looked at but the path. With `spin` it never sleeps, and wants a core of its own: timers come
// up to a millisecond late, and a core that was woken later still. How late it was itself, it says, too.
import { createServer } from 'node:net'

const [port, how] = process.argv.slice(2)
const SPINS = how === 'spin'
/** Fixed, so that every contender meets the same times. */
let state = 42
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
/** Log-normal, median 8 ms, with a tail; whole milliseconds would hide errors below one. */
const drawMs = () =>
  Math.min(400, 8 * Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(6.283 * random())))
const DRAWS_MS = Float64Array.from({ length: 2 ** 16 }, drawMs)
const answerOf = (body) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const ANSWER = Buffer.from(answerOf('{"ok":true}'))
/** Whoever reads a request later than this after it came has lost what it claims to know. */
const LATE_MS = 0.3

/** More than anyone sends to one path. */
const MOST = 2 ** 20

/** By path, so that a warm-up can be told from what is measured. @type {Map<string, { ms: Float64Array, count: number }>} */
let taken = new Map()
let drawn = 0
/** Of the turns of its own loop that were longer than it may be, and of all. */
let [lateMs, longestMs, since] = [0, 0, performance.now()]

/** Times and own lateness since they were asked for last. */
function report() {
  const times = Object.fromEntries([...taken].map(([path, { ms, count }]) => [path, [...ms.slice(0, count).sort()]]))
  const late = { share: lateMs / (performance.now() - since), longestMs }
  taken = new Map()
  ;[lateMs, longestMs, since] = [0, 0, performance.now()]
  drawn = 0
  return JSON.stringify({ times, late })
}

function note(path, ms) {
  let all = taken.get(path)
  if (all === undefined) taken.set(path, (all = { ms: new Float64Array(MOST), count: 0 }))
  all.ms[all.count++ % MOST] = ms
}

/** What is due first comes first: a binary heap. */
const heap = []

function push(entry) {
  let at = heap.push(entry) - 1
  for (let above = (at - 1) >> 1; at > 0 && heap[above].due > entry.due; above = (at - 1) >> 1) {
    heap[at] = heap[above]
    at = above
  }
  heap[at] = entry
}

function pop() {
  const first = heap[0]
  const last = heap.pop()
  if (heap.length === 0) return first
  let at = 0
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1].due < heap[child].due) child++
    if (heap[child].due >= last.due) break
    heap[at] = heap[child]
    at = child
  }
  heap[at] = last
  return first
}

let lastTurn = performance.now()

/** Answers all that is due by now. */
function turn() {
  let now = performance.now()
  const length = now - lastTurn
  if (length > LATE_MS) lateMs += length
  if (length > longestMs) longestMs = length
  while (heap.length > 0 && heap[0].due <= now) {
    const line = pop()
    if (!line.socket.destroyed) line.socket.write(ANSWER)
    now = performance.now()
    note(line.path, now - line.begun)
  }
  lastTurn = performance.now()
  if (SPINS) setImmediate(turn)
}

function take(line, path, begun) {
  if (path === '/__times') return void line.socket.write(answerOf(report()))
  const ms = DRAWS_MS[drawn++ % DRAWS_MS.length]
  line.path = path
  line.begun = begun
  line.due = begun + ms
  push(line)
  // Never early: what is not due yet would have no other turn.
  if (!SPINS) setTimeout(turn, Math.ceil(ms) + 1)
}

createServer({ noDelay: true }, (socket) => {
  // One request at a time, and nothing new is made for each: garbage would have to be collected.
  const line = { socket, path: '', begun: 0, due: 0 }
  let head = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    const begun = performance.now()
    head += chunk.latin1Slice()
    // Only requests without a body come here.
    if (!head.endsWith('\r\n\r\n')) return
    take(line, head.slice(4, head.indexOf(' ', 4)), begun)
    head = ''
  })
}).listen(Number(port), '127.0.0.1')
if (SPINS) turn()
