// First in, first out, with removal from the middle in constant time. An entry is made once by its
// owner and put into the queue again and again, so that waiting allocates nothing.

/** One owner's place in a queue; in at most one queue at a time. */
export class Entry<T> {
  readonly value: T
  queue: Queue<T> | undefined = undefined
  before: Entry<T> | undefined = undefined
  after: Entry<T> | undefined = undefined

  constructor(value: T) {
    this.value = value
  }
}

export class Queue<T> {
  #first: Entry<T> | undefined = undefined
  #last: Entry<T> | undefined = undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Entry<T> | undefined {
    return this.#first
  }

  /** Puts the entry at the end. */
  push(entry: Entry<T>): void {
    if (entry.queue !== undefined) throw new Error('An entry can wait in one queue only.')
    entry.queue = this
    entry.before = this.#last
    if (this.#last === undefined) this.#first = entry
    else this.#last.after = entry
    this.#last = entry
    this.#length++
  }

  /** Takes the entry out; false when it is not in this queue. */
  remove(entry: Entry<T>): boolean {
    if (entry.queue !== this) return false
    if (entry.before === undefined) this.#first = entry.after
    else entry.before.after = entry.after
    if (entry.after === undefined) this.#last = entry.before
    else entry.after.before = entry.before
    entry.queue = entry.before = entry.after = undefined
    this.#length--
    return true
  }
}
