// A directory of the older Turbulence, unchanged, end to end: what its service receives, and what its tests say.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStore } from '../../fixtures/projects/turbulence/server.mjs'
import { runTree } from '../support/e2e.ts'
import type { TreeRun } from '../support/e2e.ts'
import { turbulence } from '../support/command-line.ts'
import { removeCopies } from '../support/run-fixture.ts'

type Store = Awaited<ReturnType<typeof startStore>>

let store: Store
let run: TreeRun

beforeAll(async () => {
  store = await startStore()
  run = await runTree('turbulence', { shop: false, env: { STORE_URL: store.url, TURBULENCE_SEED: '7' } })
}, 60_000)

afterAll(async () => {
  await store.close()
  removeCopies()
})

test('every scenario is a suite, and passes', () => {
  expect(run.stderr).toBe('')
  expect(run.tree.split('\n').toSorted()).toEqual([
    '✓ branching-payment > cycle 1 > agents',
    '✓ checkout > cycle 1 > agents',
    '✓ refund > cycle 1 > agents',
    '✓ shopping > cycle 1 > agents',
  ])
  expect(run.code).toBe(0)
})

interface Request {
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
}

const sent = (method: string, path: RegExp): Request[] =>
  store.log.filter((request) => request.method === method && path.test(request.path))

test('headers of the SUT, its services and the steps arrive, environment and defaults filled in', () => {
  const [list] = sent('GET', /^\/books$/)
  expect(list?.query).toBe('?page=1&verbose=true')
  expect(list?.headers).toMatchObject({ 'content-type': 'application/json', 'x-instance': 'agents-1-1-1' })
  expect(list?.headers['x-trace']).toBe(`trace-${list?.headers['x-correlation-id']}`)
  expect(sent('POST', /charges$/)[0]?.headers['x-api-key']).toBe('test key: 1')
  const runs = store.log.map(({ headers }) => headers['x-run-id']?.replace(/-\d{8}.*/, ''))
  expect(new Set(runs)).toEqual(new Set(['branching-payment', 'checkout', 'refund', 'shopping']))
})

test('a template that is alone keeps its type, and a made-up id stays the same', () => {
  const [cart] = sent('POST', /^\/carts$/).map(({ json }) => json as Record<string, unknown>)
  expect(cart?.['customer_id']).toMatch(/^cust_[0-9a-f-]{36}$/)
  expect(cart).toMatchObject({
    currency: 'EUR',
    note: `for ${String(cart?.['customer_id'])}`,
    items: [
      { sku: 'BOOK-1', quantity: 2, price: 12.5 },
      { sku: 'BOOK-2', quantity: 1, price: 8 },
    ],
  })
  expect(sent('POST', /charges$/).map(({ json }) => json)).toContainEqual({ amount: 33, cart_id: expect.any(String) })
})

test('wait polls until its answer is as expected', () => {
  expect(sent('GET', /^\/orders\//)).toHaveLength(3)
  expect(sent('GET', /refunds\//)).toHaveLength(3)
})

test('policies decide by persona, and branches follow', () => {
  const shopper = sent('POST', /^\/carts$/).filter(
    ({ json }) => (json as { customer_id: string }).customer_id === 'shopper',
  )
  expect(shopper).toHaveLength(1)
  expect(sent('GET', /^\/books\/BOOK-1$/)).toHaveLength(1)
})

test('a retry storm sends even the first success again, labelled', () => {
  const charges = sent('POST', /charges$/).filter(({ json }) => 'copies' in (json as object))
  expect(charges).toHaveLength(2)
  expect(charges[0]?.json).toEqual(charges[1]?.json)
  expect(run.junit).toContain('branching-payment')
})

test('lint --old says how each of its files is written now', () => {
  const { code, out, err } = turbulence(['lint', '--old', run.folder, '--root', run.folder])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('scenarios/branching-payment.yaml:17:1  hint  "turbulence" is now called "pressure".')
  expect(out).toContain("plugins: [turbulence({ sut: './sut.yaml', include: ['scenarios/*.{yaml,yml}'] })]")
})
