import { expect, test } from 'vitest'
import { abortedFault, faultOf, timeoutFault, tooLargeFault } from '../../src/engine/fault.ts'

const before = { host: 'shop.test:443', timeoutMs: 2_000, started: false, answering: false }
const sent = { ...before, started: true }
const answering = { ...sent, answering: true }

const coded = (code: string, message: string): Error & { code: string } => Object.assign(new Error(message), { code })

test.each([
  [coded('ECONNREFUSED', 'connect'), before, 'connection', 'connection refused by shop.test:443'],
  [
    coded('EHOSTUNREACH', 'connect EHOSTUNREACH'),
    before,
    'connection',
    'no way to reach shop.test:443 (connect EHOSTUNREACH)',
  ],
  [coded('ETIMEDOUT', 'connect'), before, 'connection', 'no connection to shop.test:443 within 2 s'],
  [coded('UND_ERR_CONNECT_TIMEOUT', 'x'), before, 'connection', 'no connection to shop.test:443 within 2 s'],
  [coded('CONNECT_TIMEOUT', 'x'), before, 'connection', 'no connection to shop.test:443 within 2 s'],
  [coded('CLOSED', 'x'), answering, 'reset', 'connection closed by shop.test:443 within the answer'],
  [
    coded('BAD_ANSWER', 'a chunk does not begin with its size'),
    sent,
    'protocol',
    'the answer of shop.test:443 is not valid HTTP: a chunk does not begin with its size',
  ],
  [
    coded('HEADERS_TOO_LONG', 'x'),
    sent,
    'protocol',
    "the headers of shop.test:443's answer are longer than the 16,384 bytes that are read (NODE_OPTIONS=--max-http-header-size=65536 reads more)",
  ],
  [coded('NOT_SENDABLE', 'no name'), before, 'protocol', 'the request cannot be sent: no name'],
  [coded('STOPPED', 'x'), sent, 'aborted', 'request to shop.test:443 stopped by the run'],
  [coded('EMFILE', 'x'), before, 'connection', 'no socket left on this machine to connect to shop.test:443 (x)'],
  [coded('ESOMETHING', 'odd'), before, 'connection', 'no way to reach shop.test:443 (odd)'],
  [coded('ETIMEDOUT', 'read'), sent, 'reset', 'connection to shop.test:443 lost'],
  [coded('ECONNRESET', 'read'), sent, 'reset', 'connection closed by shop.test:443 before an answer'],
  [coded('ECONNRESET', 'read'), before, 'reset', 'connection closed by shop.test:443 before the request was sent'],
  [coded('EPIPE', 'write'), answering, 'reset', 'connection closed by shop.test:443 within the answer'],
  [
    coded('STREAM_RESET', 'INTERNAL_ERROR'),
    answering,
    'reset',
    'request ended by shop.test:443 within the answer (HTTP/2 INTERNAL_ERROR)',
  ],
  [
    coded('ERR_HTTP2_SESSION_ERROR', 'Session closed with error code NGHTTP2_ENHANCE_YOUR_CALM'),
    sent,
    'reset',
    'connection closed by shop.test:443 before an answer (Session closed with error code NGHTTP2_ENHANCE_YOUR_CALM)',
  ],
  [
    coded('ERR_HTTP2_ERROR', 'Protocol error'),
    sent,
    'protocol',
    'the answer of shop.test:443 is not valid HTTP: Protocol error',
  ],
  [
    coded('ENOTFOUND', 'getaddrinfo ENOTFOUND shop.test'),
    before,
    'dns',
    'the name of shop.test:443 could not be resolved (getaddrinfo ENOTFOUND shop.test)',
  ],
  [coded('DNS_TIMEOUT', ''), before, 'dns', 'the name of shop.test:443 was not resolved within 2 s'],
  [coded('EAI_AGAIN', 'getaddrinfo'), before, 'dns', 'the name of shop.test:443 could not be resolved (getaddrinfo)'],
  [
    coded('CERT_HAS_EXPIRED', 'certificate has expired'),
    before,
    'tls',
    'TLS with shop.test:443 failed: certificate has expired',
  ],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID', 'wrong name'), before, 'tls', 'TLS with shop.test:443 failed: wrong name'],
  [
    coded('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'),
    before,
    'tls',
    'TLS with shop.test:443 failed: self-signed (tls: { ca: … } of the service says whom to trust)',
  ],
  [
    coded(
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      '806C8959AC7F0000:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../deps/x.c:1601:SSL alert number 40\n',
    ),
    before,
    'tls',
    'TLS with shop.test:443 failed: sslv3 alert handshake failure',
  ],
  [
    coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'x'),
    sent,
    'tls',
    'TLS with shop.test:443 failed: it wants to see a certificate (tls: { cert: …, key: … } of the service says which)',
  ],
  [coded('ERR_SSL_NO_CIPHER_MATCH', 'a\nb'), before, 'tls', 'TLS with shop.test:443 failed: a'],
  [
    coded('ERR_SSL_WRONG_VERSION_NUMBER', '80EC:error:0A00010B:SSL routines:wrong version number'),
    before,
    'tls',
    'TLS with shop.test:443 failed: what answers there does not speak TLS; is it http://?',
  ],
  [coded('constructor', 'odd'), sent, 'protocol', 'the exchange with shop.test:443 failed: odd'],
])('%s is told in one line', (error, situation, outcome, message) => {
  expect(faultOf(error, situation)).toEqual({ outcome, code: error.code, message })
})

test('tells of the first of several attempts, and of what is no error at all', () => {
  const both = Object.assign(new AggregateError([new Error('connect ::1'), new Error('connect 127.0.0.1')]), {
    code: 'ENETUNREACH',
  })
  expect(faultOf(both, before).message).toBe('no way to reach shop.test:443 (connect ::1)')
  expect(faultOf('odd', sent)).toEqual({
    outcome: 'protocol',
    code: 'UNKNOWN',
    message: 'the exchange with shop.test:443 failed: odd',
  })
})

test('our own reasons have codes of their own', () => {
  expect(timeoutFault(sent)).toMatchObject({ outcome: 'timeout', message: 'no answer from shop.test:443 within 2 s' })
  expect(timeoutFault(answering).message).toBe('answer of shop.test:443 not complete within 2 s')
  expect(tooLargeFault('h', 16_777_216).message).toBe('answer of h cut off: its body is longer than 16,777,216 bytes')
  expect(abortedFault(sent)).toMatchObject({ outcome: 'aborted', code: 'ABORTED' })
})
