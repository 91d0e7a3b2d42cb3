// An agent's cookies, by tough-cookie. Made only once a server sets one, so agents without cookies pay nothing,
// and a run without cookies does not load it.
import { createRequire } from 'node:module'
import type { CookieJar, SerializedCookie } from 'tough-cookie'

const require = createRequire(import.meta.url)

/** As browsers keep for one site; a service that sets more loses the oldest. */
const MOST_COOKIES = 180
/** How many more there may be before the oldest are looked for. */
const ROOM = 60
/** Of one cookie, as browsers have it. */
const LONGEST = 4096

export class CookieStore {
  #jar: CookieJar
  /** At most so many are kept. */
  #count: number
  /** As plain data, until one is kept. */
  #stored: readonly SerializedCookie[] | undefined

  /** @param cookies that are in it, in their order */
  constructor(cookies: readonly SerializedCookie[] = []) {
    this.#jar = jarWith(cookies)
    this.#count = cookies.length
  }

  /** What another one can be made with. */
  stored(): readonly SerializedCookie[] {
    this.#stored ??= this.#jar.serializeSync()?.cookies ?? []
    return this.#stored
  }

  /** Keeps what an answer's `set-cookie` says; a cookie that the standard refuses is left out, as a browser would. */
  keep(setCookie: string | string[], url: string): void {
    for (const cookie of typeof setCookie === 'string' ? [setCookie] : setCookie) {
      if (cookie.length > LONGEST) continue
      this.#stored = undefined
      this.#jar.setCookieSync(cookie, url, { ignoreError: true })
      if (++this.#count <= MOST_COOKIES + ROOM) continue
      const kept = this.stored().slice(-MOST_COOKIES)
      this.#jar = jarWith(kept)
      this.#count = kept.length
    }
  }

  /** The headers with this jar's cookies for the URL; a `cookie` header of the step stays in front. */
  addTo(headers: readonly string[], url: string): readonly string[] {
    const ours = asSet(this.#jar.getCookieStringSync(url))
    if (ours === '') return headers
    const merged = [...headers]
    for (let at = 0; at < merged.length; at += 2) {
      if (merged[at]?.toLowerCase() !== 'cookie') continue
      merged[at + 1] = `${merged[at + 1]}; ${ours}`
      return merged
    }
    merged.push('cookie', ours)
    return merged
  }
}

/** Cookies are read as UTF-8, and a header is written byte by byte: a service gets the bytes that it set. */
const asSet = (text: string): string => (/[^\x20-\x7e]/.test(text) ? Buffer.from(text).toString('latin1') : text)

function jarWith(cookies: readonly SerializedCookie[]): CookieJar {
  const jars = (require('tough-cookie') as { CookieJar: typeof CookieJar }).CookieJar
  const empty = new jars()
  const about = cookies.length === 0 ? undefined : empty.toJSON()
  return about === undefined ? empty : jars.fromJSON({ ...about, cookies: [...cookies] })
}
