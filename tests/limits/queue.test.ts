import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Entry, Queue } from '../../src/limits/queue.ts'

const values = (queue: Queue<number>): number[] => {
  const found: number[] = []
  for (let entry = queue.first; entry !== undefined; entry = entry.after) found.push(entry.value)
  return found
}

test('behaves like a list under any order of pushes and removals', () => {
  const command = fc.record({ push: fc.boolean(), pick: fc.nat(1000) })
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const queue = new Queue<number>()
      let list: Entry<number>[] = []
      for (const [n, { push, pick }] of commands.entries()) {
        const entry = push ? new Entry(n) : list[pick % Math.max(1, list.length)]
        if (entry === undefined) continue
        const isIn = push ? queue.push(entry) : queue.remove(entry)
        expect(isIn).toBe(push ? undefined : true)
        list = push ? [...list, entry] : list.filter((other) => other !== entry)
        expect(values(queue)).toEqual(list.map((other) => other.value))
        expect(queue.length).toBe(list.length)
      }
    }),
  )
})

test('an entry can wait again after it was taken out, but not twice at a time', () => {
  const queue = new Queue<string>()
  const entry = new Entry('a')
  expect(queue.remove(entry)).toBe(false)
  queue.push(entry)
  expect(() => queue.push(entry)).toThrow('one queue only')
  expect(new Queue<string>().remove(entry)).toBe(false)
  expect(queue.remove(entry)).toBe(true)
  queue.push(entry)
  expect(queue.first).toBe(entry)
})
