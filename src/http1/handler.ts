// What a request's sender and its connection say to each other.
import type { AnswerHead } from './answer-head.ts'

/** Ends a request from our side: its handler hears the reason as an error. */
export interface Controller {
  abort(reason: Error): void
}

/**
 * Who sent a request, and hears what comes of it: the last call is `onResponseEnd` or `onResponseError`. In each of
 * them it may abort the request, and in the last one, or after an abort, send the next.
 */
export interface Handler {
  /** Its bytes go to the socket as soon as this returns. */
  onRequestStart(controller: Controller): void
  /** The first byte of an answer has come, headers are not read yet. */
  onResponseStarted(): void
  /** Also for informational answers, status 1xx. */
  onResponseStart(controller: Controller, status: number, headers: AnswerHead['headers']): void
  /** The bytes are the handler's to keep. */
  onResponseData(controller: Controller, bytes: Buffer): void
  onResponseEnd(controller: Controller): void
  /** Also when it was never sent. */
  onResponseError(controller: Controller | undefined, error: unknown): void
}
