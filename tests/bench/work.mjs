// The work that every contender does: one GET, or the six calls of a shopping flow. Fixed answers for
// the target, and the same calls as data for those who drive it.

export const CONNECTIONS = 50

const item = (n) => ({ id: `p${n}`, name: `Product ${n}`, price: 10 + n, stock: 100, category: 'books' })
const PRODUCTS = JSON.stringify({ items: [1, 2, 3, 4, 5].map(item), total: 5 })

/** What the target answers: method, path (`*` = one segment), status, body. */
export const ANSWERS = [
  ['GET', '/products', 200, PRODUCTS],
  ['POST', '/carts', 201, JSON.stringify({ id: 'c4711', items: [], subtotal: 0 })],
  ['POST', '/carts/*/items', 201, JSON.stringify({ id: 'i1', quantity: 2, subtotal: 42.5 })],
  ['GET', '/coupons', 200, JSON.stringify({ items: [{ code: 'SPRING', percent: 10 }] })],
  ['POST', '/carts/*/coupon', 200, JSON.stringify({ id: 'c4711', discount: 4.25, subtotal: 38.25 })],
  ['POST', '/orders', 201, JSON.stringify({ id: 'o815', status: 'confirmed', total: 38.25 })],
]

/**
 * A flow as bare code would write it: path and body from what was extracted, and what is extracted.
 * @typedef {{ method: string, path: (v: any) => string, body?: (v: any) => unknown, keep?: (json: any, v: any) => void }} Call
 * @type {Readonly<Record<'get' | 'flow', readonly Call[]>>}
 */
export const CALLS = {
  get: [{ method: 'GET', path: () => '/products' }],
  flow: [
    {
      method: 'GET',
      path: () => '/products?category=books&limit=5',
      keep: (json, v) => (v.product = json.items[0].id),
    },
    { method: 'POST', path: () => '/carts', keep: (json, v) => (v.cart = json.id) },
    { method: 'POST', path: (v) => `/carts/${v.cart}/items`, body: (v) => ({ product_id: v.product, quantity: 2 }) },
    { method: 'GET', path: () => '/coupons', keep: (json, v) => (v.code = json.items[0].code) },
    { method: 'POST', path: (v) => `/carts/${v.cart}/coupon`, body: (v) => ({ code: v.code }) },
    { method: 'POST', path: () => '/orders', body: (v) => ({ cart_id: v.cart }) },
  ],
}

/** The steps of the scenario file, by work; everything is on: templates, extraction, expectations, a threshold. */
const STEPS = {
  get: `  - { type: http, name: products, path: /products, expect: { status_code: 200 } }`,
  flow: `  - type: http
    name: products
    path: /products
    query: { category: books, limit: 5 }
    expect: { status_code: 200, jsonpath: $.items, length: 5 }
    extract: { product: '$.items[0].id' }
  - type: http
    name: cart
    method: POST
    path: /carts
    expect: { status_code: 201 }
    extract: { cart: $.id }
  - type: http
    name: add
    method: POST
    path: /carts/{{cart}}/items
    json: { product_id: '{{product}}', quantity: 2 }
    expect: { status_code: 201, jsonpath: $.subtotal, gt: 0 }
  - type: http
    name: coupons
    path: /coupons
    expect: { status_code: 200 }
    extract: { code: '$.items[0].code' }
  - type: http
    name: coupon
    method: POST
    path: /carts/{{cart}}/coupon
    json: { code: '{{code}}' }
    expect: { status_code: 200, jsonpath: $.discount, gt: 0 }
  - type: http
    name: order
    method: POST
    path: /orders
    json: { cart_id: '{{cart}}' }
    expect: { status_code: 201, jsonpath: $.status, equals: confirmed }`,
}

/**
 * A scenario file with the defaults on.
 * @param {{ work: 'get' | 'flow', url: string, agents?: number, workload: string, rest?: string, connections?: number }} of
 */
export function scenario({ work, url, agents = CONNECTIONS, workload, rest = '', connections = CONNECTIONS }) {
  return `id: bench
sut:
  services:
    target: { base_url: '${url}', connections: ${connections} }
simulation: { seed: 1 }
agents:
  users: { count: ${agents}, workload: ${workload} }
flow:
${STEPS[work]}
thresholds:
  - p95 < 10s
  - success_rate >= 99%
${rest}`
}
