// A text that a regular expression finds, made from the expression itself: the first way through it, each
// part as seldom as it may be. Enough for what people write into `matches`; whoever asks checks it.

/** Undefined when the expression has a part that is not known here. */
export function textFor(source: string): string | undefined {
  const reader = new Reader(source)
  try {
    const text = reader.alternatives()
    return reader.isAtEnd ? text : undefined
  } catch (error) {
    if (error instanceof Unknown) return undefined
    throw error
  }
}

class Unknown extends Error {}

/** One character of each class that has a letter; the upper ones are what is left. */
const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' }
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }
/** Tried for a negated class, and for a dot. */
const ORDINARY = 'a1A-_ .,'

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  /** The first one counts; the others are passed over. */
  alternatives(): string {
    const text = this.#sequence()
    while (this.#take('|')) this.#sequence()
    return text
  }

  #sequence(): string {
    let text = ''
    while (!this.isAtEnd && !')|'.includes(this.#peek())) {
      const part = this.#part()
      text += part.repeat(this.#least())
    }
    return text
  }

  #part(): string {
    if (this.#take('^') || this.#take('$')) return ''
    if (this.#take('.')) return 'a'
    if (this.#take('(')) return this.#group()
    if (this.#take('[')) return this.#oneOf()
    if (this.#take('\\')) return this.#escape()
    return this.#next()
  }

  #group(): string {
    if (this.#take('?') && !this.#take(':')) {
      // A named group; flags and everything else are not known here.
      const name = /^P?<\w+>/.exec(this.#source.slice(this.#at))?.[0]
      if (name === undefined) throw new Unknown()
      this.#at += name.length
    }
    const text = this.alternatives()
    if (!this.#take(')')) throw new Unknown()
    return text
  }

  #escape(): string {
    const letter = this.#next()
    if ('bAz'.includes(letter)) return ''
    const known = CLASSES[letter] ?? CONTROLS[letter]
    if (known !== undefined) return known
    if (/[A-Za-z0-9]/.test(letter)) throw new Unknown()
    return letter
  }

  #oneOf(): string {
    const isNegated = this.#take('^')
    const from = this.#at
    let first: string | undefined
    while (this.#at === from || this.#peek() !== ']') {
      if (this.isAtEnd || this.#source.startsWith('[:', this.#at)) throw new Unknown()
      const letter = this.#take('\\') ? this.#escape() : this.#next()
      first ??= letter
    }
    const inside = this.#source.slice(from, this.#at)
    this.#at++
    if (!isNegated) return first ?? ''
    const other = ORDINARY.split('').find((letter) => new RegExp(`[^${inside}]`).test(letter))
    if (other === undefined) throw new Unknown()
    return other
  }

  /** How often the part before is there at least; an optional one is left out. */
  #least(): number {
    let least = 1
    if (this.#take('*') || this.#take('?')) least = 0
    else if (!this.#take('+')) {
      const counted = /^\{(\d+)(?:,\d*)?\}/.exec(this.#source.slice(this.#at))
      if (counted === null) return 1
      this.#at += counted[0].length
      least = Math.min(Number(counted[1]), 1000)
    }
    this.#take('?')
    return least
  }

  #peek(): string {
    return this.#source.charAt(this.#at)
  }

  #next(): string {
    if (this.isAtEnd) throw new Unknown()
    return this.#source.charAt(this.#at++)
  }

  #take(letter: string): boolean {
    if (this.#peek() !== letter || this.isAtEnd) return false
    this.#at++
    return true
  }
}
