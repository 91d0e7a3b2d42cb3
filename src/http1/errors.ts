// The errors of this client, besides those of the network itself. Codes are stable: they appear in reports. The
// texts for users are made in engine/fault.ts.

/** The message is one line. */
export class Http1Error extends Error {
  override readonly name = 'Http1Error'
  readonly code:
    | 'BAD_ANSWER'
    | 'CLOSED'
    | 'CONNECT_TIMEOUT'
    | 'DNS_TIMEOUT'
    | 'HEADERS_TOO_LONG'
    | 'NOT_SENDABLE'
    | 'STOPPED'

  constructor(code: Http1Error['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The answer violates RFC 9112; nothing more is read from its connection. @param what completes “the answer is not valid HTTP: …” */
export const badAnswer = (what: string): Http1Error => new Http1Error('BAD_ANSWER', what)

/** The service ended the connection where it should not. */
export const closed = (): Http1Error => new Http1Error('CLOSED', 'the other side closed the connection')

/** The request would violate RFC 9112, and is not sent. */
export const notSendable = (what: string): Http1Error => new Http1Error('NOT_SENDABLE', what)

/** The run closed the connection before the request had ended. */
export const stopped = (): Http1Error => new Http1Error('STOPPED', 'the client was closed')

/** No connection within the timeout. @param isResolved the host's name was resolved by then, so DNS is not the cause */
export const late = (isResolved: boolean): Http1Error =>
  isResolved
    ? new Http1Error('CONNECT_TIMEOUT', 'the connection did not come about in time')
    : new Http1Error('DNS_TIMEOUT', 'the name was not resolved in time')
