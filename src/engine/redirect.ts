// Where a redirect leads, and what is sent there: as browsers do it, and only to services of the SUT.
import type { Request } from '../actions/action.ts'
import { shown } from '../actions/failure.ts'
import { isSecretHeader } from '../redact.ts'
import type { Failure } from '../sample.ts'
import type { World } from './world.ts'

/** Where a request goes. */
export interface Target {
  readonly request: Request
  /** With the service's base path; query included. */
  readonly path: string
}

/** What belongs to a body that is not sent on. */
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-type', 'content-length', 'content-encoding'])
/** What is for one host alone, besides what is secret: where a redirect leads, the service has chosen. */
const OF_THE_HOST: ReadonlySet<string> = new Set(['authorization', 'cookie', 'host', 'proxy-authorization'])

/** @param from where the answer came from, with status and Location */
export function redirectTarget(
  { request }: Target,
  from: { readonly url: string; readonly status: number; readonly location: string },
  endpoints: World['endpoints'],
): Target | Failure {
  const { url, status, location } = from
  if (!URL.canParse(location, url)) return wrong(location, 'is no address')
  const to = new URL(location, url)
  const isSame = to.origin === new URL(url).origin
  const service = isSame ? request.service : [...endpoints].find(([, { origin }]) => origin === to.origin)?.[0]
  if (service === undefined) return wrong(location, 'is no service of the SUT')
  const becomesGet = (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST')
  const dropped = (name: string): boolean =>
    (becomesGet && OF_THE_BODY.has(name)) || (!isSame && (OF_THE_HOST.has(name) || isSecretHeader(name)))
  return {
    path: `${to.pathname}${to.search}`,
    request: {
      ...request,
      service,
      headers: request.headers.filter((_, at, all) => !dropped((all[at - (at % 2)] ?? '').toLowerCase())),
      ...(becomesGet && { method: 'GET', body: undefined }),
    },
  }
}

function wrong(location: string, why: string): Failure {
  const message = `redirects: ${shown(location)} ${why}`
  return { outcome: 'failed', key: `redirects: the address ${why}`, message }
}
