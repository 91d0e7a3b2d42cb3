// An agent's cookies, by tough-cookie. Made only once a server sets one, so agents without cookies pay nothing,
// and a run without cookies does not load it.
import { createRequire } from 'node:module'
import type { CookieJar } from 'tough-cookie'

const require = createRequire(import.meta.url)

export class CookieStore {
  readonly #jar = newJar()

  /** Keeps what an answer's `set-cookie` says; a cookie that the standard refuses is left out, as a browser would. */
  keep(setCookie: string | string[], url: string): void {
    for (const cookie of typeof setCookie === 'string' ? [setCookie] : setCookie)
      this.#jar.setCookieSync(cookie, url, { ignoreError: true })
  }

  /** The headers with this jar's cookies for the URL; a `cookie` header of the step stays in front. */
  addTo(headers: readonly string[], url: string): readonly string[] {
    const ours = this.#jar.getCookieStringSync(url)
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

function newJar(): CookieJar {
  const loaded = require('tough-cookie') as { CookieJar: typeof CookieJar }
  return new loaded.CookieJar()
}
