// An agent's jar is bounded, whatever a service sets: the newest cookies are kept, as browsers do it.
import { expect, test } from 'vitest'
import { CookieStore } from '../../src/engine/cookies.ts'

const URL = 'http://shop.test/a/b'
const names = (store: CookieStore): string[] =>
  (store.addTo([], URL)[1] ?? '').split('; ').map((pair) => pair.split('=')[0] ?? '')

test('a service that sets a cookie with each answer loses the oldest', () => {
  const store = new CookieStore()
  for (let count = 1; count <= 5_000; count++) store.keep(`c${count}=v`, URL)
  const kept = names(store)
  expect(kept.length).toBeLessThanOrEqual(240)
  expect(kept).toContain('c5000')
  expect(kept).toContain('c4900')
  expect(kept).not.toContain('c4000')
})

test('one that is set again and again is one', () => {
  const store = new CookieStore()
  for (let count = 1; count <= 1_000; count++) store.keep([`sid=${count}`, 'once=1'], URL)
  expect(store.addTo([], URL)).toEqual(['cookie', 'sid=1000; once=1'])
})

test('one that is larger than any browser takes is left out, and names of prototypes are names', () => {
  const store = new CookieStore()
  store.keep([`big=${'x'.repeat(5_000)}`, '__proto__=1', 'constructor=2'], URL)
  expect(store.addTo([], URL)).toEqual(['cookie', '__proto__=1; constructor=2'])
})

test('one whose value is no ASCII comes back with the same bytes', () => {
  const store = new CookieStore()
  store.keep('city=Zürich €', URL)
  const [, value = ''] = store.addTo([], URL)
  expect(Buffer.from(value, 'latin1').toString()).toBe('city=Zürich €')
})
