// The base URL of a service: its template with the environment's values put in, checked before anything
// is sent to it. What is wrong is said without the environment's secrets.
import { NameError } from '../actions/action.ts'
import type { Names } from '../actions/action.ts'
import type { Problem } from '../errors.ts'
import { environmentRedactor } from '../redact.ts'
import type { ServiceSpec } from '../scenario/scenario.ts'
import { compileText } from '../scenario/template.ts'

type Environment = Readonly<Record<string, string>>

/** The URL without a slash at its end, or undefined with one more problem. */
export function resolveBaseUrl(
  name: string,
  { baseUrl, place }: ServiceSpec,
  env: Environment,
  problems: Problem[],
): string | undefined {
  const found = readUrl(baseUrl, env)
  if (found instanceof URL) return found.href.replace(/\/+$/, '')
  const path = `sut.services.${name}.base_url`
  problems.push({ code: 'base-url', severity: 'error', path, place, ...found })
  return undefined
}

/** An address that cannot leave this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

type Wrong = Required<Pick<Problem, 'message' | 'hint'>>

const IN_FULL = 'Write it in full: http://127.0.0.1:3000'

function readUrl(template: string, env: Environment): URL | Wrong {
  let text: string
  try {
    text = compileText(template)(namesOf(env)).trim()
  } catch (error) {
    if (!(error instanceof NameError)) throw error
    return { message: `${error.message}.`, hint: IN_FULL }
  }
  const shown = environmentRedactor(env).url(text)
  if (!URL.canParse(text)) return { message: `"${shown}" is not a URL.`, hint: IN_FULL }
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { message: `"${url.protocol}" is not a protocol that can be used.`, hint: 'Use http: or https:' }
  if (url.username !== '' || url.password !== '')
    return {
      message: 'A base_url holds no user name or password.',
      hint: 'Send them in a header: Authorization: "Basic {{env.CREDENTIALS}}"',
    }
  if (url.search !== '' || url.hash !== '')
    return {
      message: `A base_url has no query or fragment ("${shown}").`,
      hint: "Put it into the step's path or query.",
    }
  return url
}

function namesOf(env: Environment): Names {
  return {
    builtin: (root) => (root === 'env' ? env : undefined),
    vars: {},
    random: () => {
      throw new NameError('a base_url draws nothing at random')
    },
  }
}
