import { describe, expect, test } from 'vitest'
import { Http1Client } from '../../src/http1/client.ts'
import { virtualClock } from '../../src/clock.ts'
import { aRequest, Told, wired } from '../support/fake-socket.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const OK_CALLS = ['start', 'first byte', 'head 200', 'data ok', 'end']
const CHUNKS = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n'

describe('a connection', () => {
  test('is opened by the first request, and used again', () => {
    const { ask, last, sockets } = wired()
    for (let i = 0; i < 50; i++) {
      const told = ask()
      last().answer(OK)
      expect(told.calls).toEqual(OK_CALLS)
    }
    expect(sockets).toHaveLength(1)
    expect(last().writes).toEqual(
      Array.from({ length: 50 }, () => 'GET / HTTP/1.1\r\nhost: h\r\nconnection: keep-alive\r\n\r\n'),
    )
    // Nothing is added with each request.
    for (const event of last().eventNames()) expect(last().listenerCount(event)).toBe(1)
  })

  test.each<[string, string, boolean]>([
    ['a length', OK, true],
    ['chunks', CHUNKS, true],
    ['nothing in it', 'HTTP/1.1 204 x\r\n\r\n', true],
    ['a 304 that tells of a body', 'HTTP/1.1 304 x\r\ncontent-length: 9\r\n\r\n', true],
    ['103 before it', `HTTP/1.1 103 x\r\nconnection: close\r\n\r\n${OK}`, true],
    ['HTTP/1.0 and keep-alive', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', false],
    ['connection: close', 'HTTP/1.1 204 x\r\nconnection: close\r\n\r\n', false],
    ['a second answer behind it', OK + OK, false],
    ['one byte behind it', `${OK}\n`, false],
    ['a body that it may not have', 'HTTP/1.1 204 x\r\ncontent-length: 1\r\n\r\nx', false],
    ['one more chunk', `${CHUNKS}0\r\n\r\n`, false],
  ])('with an answer that has %s is used again, or given up', (_, text, isKept) => {
    const { ask, last, sockets } = wired()
    const first = ask()
    last().answer(text)
    expect(first.calls.at(-1)).toBe('end')
    const second = ask()
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual(isKept ? [false] : [true, false])
    expect(second.calls).toEqual(['start'])
    last().answer(OK)
    expect(second.calls).toEqual(OK_CALLS)
  })

  test('is not used again when the request says so', () => {
    const { ask, last, sockets } = wired()
    ask({ headers: ['connection', 'close'] })
    last().answer(OK)
    expect(sockets[0]?.destroyed).toBe(true)
  })

  test('is used again when the request is sent by then, though the answer came before', () => {
    const { ask, last, sockets } = wired()
    ask({ method: 'POST', body: 'x' })
    last().writableNeedDrain = true
    last().answer(OK)
    last().writableNeedDrain = false
    ask()
    expect(sockets).toHaveLength(1)
  })

  test('is not used again while the request before is not sent whole', () => {
    const { ask, last, sockets } = wired()
    const first = ask({ method: 'POST', body: 'x'.repeat(1_000) })
    last().writableNeedDrain = true
    last().answer(OK)
    expect(first.calls).toEqual(OK_CALLS)
    ask()
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false])
  })

  test.each([
    ['nothing', '', 4_000],
    ['timeout=10', 'keep-alive: timeout=10\r\n', 9_000],
    ['timeout=2, max=5', 'keep-alive: timeout=2, max=5\r\n', 1_000],
    ['timeout=1', 'keep-alive: timeout=1\r\n', 0],
    ['timeout=0', 'keep-alive: timeout=0\r\n', 0],
    ['timeout=999999999', 'keep-alive: timeout=999999999\r\n', 600_000],
  ])('of a service that says %s is used again as long as it is safe', (_, header, safeMs) => {
    const answer = `HTTP/1.1 200 OK\r\n${header}content-length: 0\r\n\r\n`
    const { ask, last, sockets, wait } = wired()
    ask()
    last().answer(answer)
    for (let i = 1; i <= 3 && safeMs > 0; i++) {
      wait(safeMs - 1)
      ask()
      last().answer(answer)
    }
    expect(sockets).toHaveLength(1)
    wait(safeMs)
    ask()
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false])
  })

  test.each([
    ['bytes that nobody asked for', (wires: ReturnType<typeof wired>) => wires.last().answer(OK)],
    ['an end', (wires: ReturnType<typeof wired>) => wires.last().end()],
    ['a reset', (wires: ReturnType<typeof wired>) => wires.last().reset()],
  ])('on which %s came while it was idle is not used again', async (_, happen) => {
    const wires = wired()
    const first = wires.ask()
    wires.last().answer(OK)
    happen(wires)
    expect(wires.sockets[0]?.destroyed).toBe(true)
    await new Promise((resolve) => process.nextTick(resolve))
    const second = wires.ask()
    expect(wires.sockets).toHaveLength(2)
    // Whatever the old one still says is not for anybody.
    wires.sockets[0]?.answer(OK)
    wires.sockets[0]?.emit('end')
    wires.sockets[0]?.emit('error', new Error('late'))
    expect(second.calls).toEqual(['start'])
    wires.last().answer(OK)
    expect([first.calls, second.calls]).toEqual([OK_CALLS, OK_CALLS])
  })
})

describe('an answer that breaks off', () => {
  const ANNOUNCED = `HTTP/1.1 103 x\r\n\r\n${OK}`
  test.each([
    ['with a length', OK],
    ['in chunks', CHUNKS],
    ['that was announced', ANNOUNCED],
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nok'],
  ])('%s, at each of its bytes: by an end and by a reset', (_, text) => {
    const isUnframed = !text.includes(': ')
    for (let length = 0; length < text.length; length++)
      for (const way of ['end', 'reset'] as const) {
        const { ask, last, sockets } = wired()
        const told = ask()
        if (length > 0) last().answer(text.slice(0, length))
        last()[way]()
        const isWhole = isUnframed && way === 'end' && length >= text.indexOf('\r\n\r\n') + 4
        expect(told.calls.at(-1)).toBe(isWhole ? 'end' : way === 'end' ? 'error CLOSED' : 'error ECONNRESET')
        const next = ask()
        last().answer(OK)
        expect(next.calls).toEqual(OK_CALLS)
        expect(sockets).toHaveLength(2)
      }
  })

  test('by a close without a word is an error too', () => {
    const { ask, last } = wired()
    const told = ask()
    last().emit('close')
    expect(told.calls).toEqual(['start', 'error CLOSED'])
  })

  test('in bad words ends its connection, and what follows is not read', () => {
    const { ask, last, sockets } = wired()
    const told = ask()
    last().answer('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nXX')
    last().answer(OK)
    expect(told.calls).toEqual(['start', 'first byte', 'head 200', 'data ok', 'error BAD_ANSWER'])
    expect(sockets[0]?.destroyed).toBe(true)
  })
})

describe('a handler', () => {
  test('may keep the bytes, which are copied unless they are its own', () => {
    const { ask, last } = wired()
    const copied = ask()
    last().answer(OK)
    const own = ask()
    last().answer(OK, true)
    expect([copied, own].map(({ bytes }) => Buffer.concat(bytes).toString())).toEqual(['ok', 'ok'])
    expect(own.bytes[0]?.buffer.byteLength).toBeGreaterThan(2)
  })

  const MOMENTS = ['start', 'first byte', 'head 103', 'head 200', 'data']
  const ANNOUNCED = `HTTP/1.1 103 x\r\n\r\n${CHUNKS}`

  test.each(MOMENTS)('may abort at "%s", and send the next request in the same breath', (moment) => {
    const { client, ask, last, sockets } = wired()
    ask()
    last().answer(OK)
    const told = new Told()
    const abort = (): void => told.controller?.abort(Object.assign(new Error('no'), { code: 'MINE' }))
    const again = (): void => {
      told.react = { at: 'error MINE', run: () => client.dispatch(aRequest({ path: '/again' }), told) }
      abort()
    }
    told.react = { at: moment, run: again }
    client.dispatch(aRequest({ path: '/first' }), told)
    last().answer(ANNOUNCED)
    const isSent = moment !== 'start'
    if (isSent) {
      // Its own connection was given up with the answer in the middle.
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false])
      sockets[0]?.answer(CHUNKS)
      expect(told.calls.at(-1)).toBe('error MINE')
      last().open()
      last().answer(ANNOUNCED)
    } else expect(sockets).toHaveLength(1)
    const calls = told.calls.slice(told.calls.indexOf('error MINE') + 1)
    expect(calls).toEqual(['start', 'first byte', 'head 103', 'head 200', 'data ok', 'end'])
    const written = sockets.flatMap(({ writes }) => writes).map((text) => text.split(' ')[1])
    expect(written).toEqual(isSent ? ['/', '/first', '/again'] : ['/', '/again'])
  })

  test('may send the next request when it hears of the end', () => {
    const { client, last, sockets } = wired()
    const told = new Told()
    told.react = { at: 'end', run: () => client.dispatch(aRequest({ path: '/again' }), told) }
    client.dispatch(aRequest(), told)
    last().open()
    last().answer(OK)
    last().answer(OK)
    expect(told.calls).toEqual([...OK_CALLS, ...OK_CALLS])
    expect(sockets).toHaveLength(1)
  })

  test.each(MOMENTS)('may close the client at "%s"', async (moment) => {
    const { client, last, sockets } = wired()
    const told = new Told()
    let closing: Promise<void> | undefined
    told.react = { at: moment, run: () => void (closing = client.destroy()) }
    client.dispatch(aRequest(), told)
    last().open()
    last().answer(ANNOUNCED)
    expect(told.calls.at(-1)).toBe('error STOPPED')
    expect(told.calls.filter((call) => call.startsWith('error'))).toHaveLength(1)
    await closing
    expect(sockets.map(({ closed }) => closed)).toEqual([true])
  })

  test.each(['first byte', 'head 200', 'data'])('that throws at "%s" ends its own request alone', (moment) => {
    const { client, ask, last } = wired()
    const told = new Told()
    const fail = (): never => {
      throw new Error('a bug')
    }
    told.react = { at: moment, run: fail }
    client.dispatch(aRequest(), told)
    last().open()
    last().answer(OK)
    expect(told.calls.at(-1)).toBe('error Error: a bug')
    const next = ask()
    last().answer(OK)
    expect(next.calls).toEqual(OK_CALLS)
  })

  test('that aborts what is over changes nothing', () => {
    const { ask, last, sockets } = wired()
    const told = ask()
    last().answer(OK)
    told.controller?.abort(new Error('late'))
    ask()
    expect(told.calls).toEqual(OK_CALLS)
    expect(sockets).toHaveLength(1)
  })
})

describe('a request', () => {
  test('that is aborted before it is sent leaves the connection to the next one', () => {
    const { client, last, sockets } = wired()
    const [first, second] = [new Told(), new Told()]
    client.dispatch(aRequest({ path: '/first' }), first)
    client.abort(Object.assign(new Error('no'), { code: 'MINE' }))
    client.dispatch(aRequest({ path: '/second' }), second)
    last().open()
    last().answer(OK)
    expect([first.calls, second.calls]).toEqual([['error MINE'], OK_CALLS])
    expect(sockets).toHaveLength(1)
    expect(last().writes.map((text) => text.split(' ')[1])).toEqual(['/second'])
  })

  test('waits for one connection only, and hears when it does not come about', () => {
    const { client, last, ask, sockets } = wired()
    const told = new Told()
    client.dispatch(aRequest(), told)
    last().emit('error', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))
    expect(told.calls).toEqual(['error ECONNREFUSED'])
    const next = ask()
    last().answer(OK)
    expect(next.calls).toEqual(OK_CALLS)
    expect(sockets).toHaveLength(2)
  })

  test('hears when a connection cannot even be tried', () => {
    const connect = (): never => {
      throw Object.assign(new Error('no certificate'), { code: 'ERR_OSSL_PEM_NO_START_LINE' })
    }
    const client = new Http1Client({ url: new URL('http://h'), clock: virtualClock(), connect })
    for (let i = 0; i < 2; i++) {
      const told = new Told()
      client.dispatch(aRequest(), told)
      expect(told.calls).toEqual(['error ERR_OSSL_PEM_NO_START_LINE'])
    }
  })

  test('to another host has a connection of its own where that is part of what it agrees upon', () => {
    const opened = (scheme: string): readonly (string | undefined)[] => {
      const { ask, sockets } = wired(`${scheme}://h`)
      for (const host of ['a', 'a', 'b']) {
        ask({ headers: ['Host', host] })
        sockets.at(-1)?.answer(OK)
      }
      return sockets.map(({ told }) => told.host)
    }
    expect(opened('https')).toEqual(['a', 'b'])
    expect(opened('http')).toEqual(['a'])
  })

  test('that cannot be sent leaves the connection as it is', () => {
    const { ask, last, sockets } = wired()
    ask()
    last().answer(OK)
    expect(ask({ path: '/a b' }).calls).toEqual(['error NOT_SENDABLE'])
    const next = ask()
    last().answer(OK)
    expect(next.calls).toEqual(OK_CALLS)
    expect(sockets).toHaveLength(1)
  })

  test('is refused while another is under way', () => {
    const { client, ask } = wired()
    ask()
    expect(() => client.dispatch(aRequest(), new Told())).toThrow('A connection carries one request at a time.')
  })

  test.each<[string, string | Uint8Array, number, string]>([
    ['text', '{"a":1}', 7, '{"a":1}'],
    ['text beyond ASCII', 'Grüße €', 11, 'GrÃ¼Ã\u009fe â\u0082¬'],
    ['bytes', Uint8Array.of(0, 255, 10), 3, '\0\xff\n'],
  ])('with %s is written at once', (_, body, bytes, written) => {
    const { ask, last } = wired()
    ask({ method: 'POST', body })
    expect(last().writes).toEqual([
      `POST / HTTP/1.1\r\nhost: h\r\nconnection: keep-alive\r\ncontent-length: ${bytes}\r\n\r\n${written}`,
    ])
  })
})

describe('a client that is closed', () => {
  test.each(['before it was used', 'while it connects', 'within an answer', 'while idle'])(
    '%s: ends all',
    async (when) => {
      const { client, last, sockets } = wired()
      const told = new Told()
      if (when !== 'before it was used') client.dispatch(aRequest(), told)
      if (when === 'within an answer' || when === 'while idle') last().open()
      if (when === 'while idle') last().answer(OK)
      await Promise.all([client.destroy(), client.destroy()])
      expect(sockets.map(({ closed }) => closed)).toEqual(when === 'before it was used' ? [] : [true])
      if (when === 'while it connects') last().open()
      const ended = { 'while it connects': 'error STOPPED', 'within an answer': 'error STOPPED', 'while idle': 'end' }
      expect(told.calls.at(-1)).toBe(ended[when as keyof typeof ended])
      const late = new Told()
      client.dispatch(aRequest(), late)
      expect(late.calls).toEqual(['error STOPPED'])
    },
  )
})
