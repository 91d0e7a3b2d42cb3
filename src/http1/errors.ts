// What may go wrong between a request and its answer besides the network itself, each with a code that stays
// the same. In which words people hear of it is the engine's business.

/** `code` is one of those below; the message is one line. */
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

/** The answer breaks RFC 9112; nothing more is read from its connection. */
export const badAnswer = (what: string): Http1Error => new Http1Error('BAD_ANSWER', what)

/** The service ended the connection where it should not. */
export const closed = (): Http1Error => new Http1Error('CLOSED', 'the other side closed the connection')

/** It would break RFC 9112, so it is not sent. */
export const notSendable = (what: string): Http1Error => new Http1Error('NOT_SENDABLE', what)

/** From our side, before it came to an end. */
export const stopped = (): Http1Error => new Http1Error('STOPPED', 'the client was closed')

/** The connection did not come about in time. @param isResolved the address behind the host's name is known */
export const late = (isResolved: boolean): Http1Error =>
  isResolved
    ? new Http1Error('CONNECT_TIMEOUT', 'the connection did not come about in time')
    : new Http1Error('DNS_TIMEOUT', 'the name was not resolved in time')
