// The two interfaces between whoever sends a request (Handler) and the connection that carries it (Controller).
import type { AnswerHead } from './answer-head.ts'

export interface Controller {
  /** Ends the request from our side; its handler gets the reason as `onResponseError`. */
  abort(reason: Error): void
}

/**
 * Hears what becomes of one request. The last call is exactly one of `onResponseEnd` and `onResponseError`. A handler may
 * abort its request in any call, and may dispatch the next one in the last call or after an abort.
 */
export interface Handler {
  /** The request's bytes are written to the socket as soon as this returns. */
  onRequestStart(controller: Controller): void
  /** The first byte of the answer has come; its headers are not parsed yet. */
  onResponseStarted(): void
  /** Also for informational answers, status 1xx. */
  onResponseStart(controller: Controller, status: number, headers: AnswerHead['headers']): void
  /** The handler may keep the bytes. */
  onResponseData(controller: Controller, bytes: Buffer): void
  onResponseEnd(controller: Controller): void
  /** Also for a request that was never sent; there may be no controller then. */
  onResponseError(controller: Controller | undefined, error: unknown): void
}
