// What one agent carries from an iteration to the next, across cycles: its memory, its cookies, and how many
// iterations it has begun. All of it can be stored and restored; everything else of an agent is made anew.
import { CookieStore } from './cookies.ts'
import { packAll, unpack } from './packed-value.ts'
import type { Packed } from './packed-value.ts'

/** As plain data; what is not there is empty. */
export interface CarriedState {
  readonly begun?: number
  readonly memory?: Packed
  readonly cookies?: ReturnType<CookieStore['stored']>
}

export class Carried {
  #memory: Record<string, unknown> | undefined
  cookies: CookieStore | undefined
  #begun = 0
  #hasActed = false
  /** Of the whole state, until the agent acts again. */
  #text: string | undefined

  get memory(): Record<string, unknown> {
    this.#memory ??= Object.create(null) as Record<string, unknown>
    return this.#memory
  }

  get begun(): number {
    return this.#begun
  }

  /** From now on anything may change. @param isIteration it is counted */
  begin(isIteration: boolean): void {
    this.#hasActed = true
    if (isIteration) this.#begun++
    this.#text = undefined
  }

  /** What was begun is begun again. */
  takeBack(): void {
    this.#begun--
  }

  /**
   * Its state as JSON; undefined when it has never acted.
   * @param lose called with a name whose value cannot be stored, and what it is
   */
  text(keepsCookies: boolean, lose: (name: string, what: string) => void): string | undefined {
    if (!this.#hasActed) return undefined
    this.#text ??= JSON.stringify(this.#state(keepsCookies, lose))
    return this.#text
  }

  #state(keepsCookies: boolean, lose: (name: string, what: string) => void): CarriedState {
    const memory = this.#memory === undefined ? [] : packAll(this.#memory, lose)
    return {
      ...(this.#begun > 0 && { begun: this.#begun }),
      ...(memory.length > 0 && { memory }),
      ...(keepsCookies && this.cookies !== undefined && { cookies: this.cookies.stored() }),
    }
  }

  restore({ begun = 0, memory = [], cookies }: CarriedState): void {
    this.#hasActed = true
    this.#begun = begun
    for (const [name, value] of memory) this.memory[name] = unpack(value)
    if (cookies !== undefined) this.cookies = new CookieStore(cookies)
  }
}
