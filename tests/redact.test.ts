import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor, secretEnvNames, secretsOfHeader } from '../src/redact.ts'

const none = createRedactor({ values: [] })

describe('headers', () => {
  test.each([
    ['Authorization', 'Bearer abc.def', 'Bearer ***'],
    ['authorization', 'basic dXNlcg==', 'basic ***'],
    ['authorization', 'mysecret second-part', '***'],
    ['authorization', 'rawtoken', '***'],
    ['Proxy-Authorization', 'Basic dXNlcg==', '***'],
    ['Cookie', 'sid=1', '***'],
    ['Set-Cookie', 'sid=1; Path=/', '***'],
    ['X-API-Key', 'k', '***'],
    ['X-Access-Token', 't', '***'],
    ['Client-Secret', 't', '***'],
    ['X-User-Password', 't', '***'],
    ['apikey', 't', '***'],
    ['Accept', 'text/html', 'text/html'],
    ['X-Correlation-ID', '7', '7'],
  ])('%s: %s is shown as %s', (name, value, shown) => {
    expect(none.header(name, value)).toBe(shown)
  })

  test('masks further headers by name, and known secrets in any header', () => {
    const redactor = createRedactor({ values: ['hunter2!'], headerNames: ['X-Card'] })
    expect(redactor.header('x-card', '4111')).toBe('***')
    expect(redactor.header('Referer', '/?q=hunter2!')).toBe('/?q=***')
  })
})

describe('values', () => {
  const secret = 'p@ss "wörd"/1'

  test.each([
    ['as it is', `got ${secret} back`],
    ['in a URL', `/login?p=${encodeURIComponent(secret)}`],
    [
      'in a URL with small hex digits',
      `/login?p=${encodeURIComponent(secret).replace(/%../g, (e) => e.toLowerCase())}`,
    ],
    ['in a form', new URLSearchParams({ p: secret }).toString()],
    ['in JSON', JSON.stringify({ p: secret })],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['in base64 after one byte', Buffer.from(`a${secret}`).toString('base64')],
    ['in base64 after a user name', Buffer.from(`us:${secret}`).toString('base64')],
  ])('are found %s', (_how, text) => {
    const masked = createRedactor({ values: [secret] }).text(text)
    expect(masked).toContain('***')
    for (const piece of [secret, 'rd%22', 'rd%22%2F', 'w\\"', Buffer.from(secret).toString('base64').slice(4, -4)])
      expect(masked).not.toContain(piece)
  })

  test('shorter than four characters are ignored', () => {
    expect(createRedactor({ values: ['abc', ''] }).text('abcdef')).toBe('abcdef')
  })

  test('that overlap or contain each other leave nothing behind', () => {
    expect(createRedactor({ values: ['abcd', 'cdefgh', 'bcde'] }).text('x abcdefgh y abcd')).toBe('x *** y ***')
  })

  test('never survive in any text', () => {
    const secrets = fc.array(
      fc.string({ minLength: 4, maxLength: 12 }).filter((s) => !s.includes('*')),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(secrets, fc.array(fc.string({ maxLength: 6 })), (values, parts) => {
        const text = [...parts, ...values, ...parts].join('')
        const masked = createRedactor({ values }).text(text)
        for (const piece of masked.split('***')) for (const value of values) expect(piece).not.toContain(value)
      }),
    )
  })
})

test('query parameters with secret names are masked', () => {
  expect(none.url('http://x/a?token=1&q=2&api_key=3#f')).toBe('http://x/a?token=***&q=2&api_key=***#f')
  expect(none.text('a?token=1')).toBe('a?token=***')
})

test.each([
  ['API_TOKEN', true],
  ['DB_PASSWORD', true],
  ['DB_PASS', true],
  ['STRIPE_KEY', true],
  ['APIKEY', true],
  ['AWS_SECRET_ACCESS_KEY', true],
  ['SESSION_COOKIE', true],
  ['JWT', true],
  ['API_URL', false],
  ['AUTHOR', false],
  ['KEYBOARD', false],
  ['COMPASS', false],
  ['PORT', false],
])('the environment variable %s is a secret: %s', (name, secret) => {
  expect(secretEnvNames(name)).toBe(secret)
})

describe('what is secret by its name, though nobody says so', () => {
  test.each([
    ['{"password":"hunter2","user":"ada"}', '{"password":"***","user":"ada"}'],
    ['{"accessToken":"abc","token_type":"bearer"}', '{"accessToken":"***","token_type":"bearer"}'],
    ['{"client_secret":["a"],"tokens":7}', '{"client_secret":"***","tokens":7}'],
    ['user=ada&passwd=hunter2&n=1', 'user=ada&passwd=***&n=1'],
    ['https://ada:hunter2@shop.test/a?b=c', 'https://***@shop.test/a?b=c'],
    ['see https://shop.test/@ada and a@b.test', 'see https://shop.test/@ada and a@b.test'],
  ])('%s → %s', (text, expected) => {
    expect(none.text(text)).toBe(expected)
  })

  test('in data', () => {
    expect(none.value({ login: [{ password: 'hunter2', name: 'ada' }] })).toEqual({
      login: [{ password: '***', name: 'ada' }],
    })
  })
})

test.each([
  ['Authorization', 'Bearer abc.def', ['abc.def']],
  ['Authorization', 'abc.def', ['abc.def']],
  [
    'Authorization',
    `Basic ${Buffer.from('ada:hunter2').toString('base64')}`,
    ['YWRhOmh1bnRlcjI=', 'ada:hunter2', 'hunter2'],
  ],
  ['Cookie', 'sid=abc; theme=dark', ['abc', 'dark']],
  ['set-cookie', 'sid=abc; Path=/; HttpOnly', ['abc']],
  ['x-api-key', 'k=1', ['k=1']],
])('of %s: %s the secret is %j', (name, value, secrets) => {
  expect(secretsOfHeader(name, value)).toEqual(secrets)
})

describe('keys', () => {
  const redactor = createRedactor({ values: [], keys: ['card_number', 'PIN'] })

  test.each([
    ['{"card_number":"4111 2222","n":1}', '{"card_number":"***","n":1}', 'a text'],
    ['{"pin": 1234, "n": 1}', '{"pin": "***", "n": 1}', 'a number, whatever its case'],
    ['{"a":[{"card_number":["4",{"b":"}"}]},2]}', '{"a":[{"card_number":"***"},2]}', 'all that is below'],
    ['{"card_number":"4\\"1"}', '{"card_number":"***"}', 'a quote inside'],
    ['{"card_number":"4111', '{"card_number":"***"', 'a text that was cut off'],
    ['{"card_number":null}', '{"card_number":"***"}', 'null'],
    ['card_number=4111&n=1', 'card_number=***&n=1', 'a form'],
    ['/pay?n=1&card%5Fnumber=4111', '/pay?n=1&card%5Fnumber=***', 'a query with escapes'],
    ['{"number":"4111"}', '{"number":"4111"}', 'another key'],
    ['discarded_card_number=1', 'discarded_card_number=1', 'a longer name'],
    [
      '--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n1234\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n***\r\n--b--',
      'a part of a form',
    ],
  ])('%s → %s (%s)', (text, expected) => {
    expect(redactor.text(text)).toBe(expected)
  })

  test('are names of headers, too', () => {
    expect(redactor.header('Card_Number', '4111')).toBe('***')
  })

  test('mask data on all levels', () => {
    expect(redactor.value({ a: [{ pin: 1, b: 'x' }], card_number: { c: 1 } })).toEqual({
      a: [{ pin: '***', b: 'x' }],
      card_number: '***',
    })
  })
})

describe('values that become known later', () => {
  const redactor = createRedactor({ values: ['first-secret'] })

  test('are masked with those known before', () => {
    expect(redactor.knowing(['second-secret']).text('first-secret second-secret')).toBe('*** ***')
    expect(redactor.text('second-secret')).toBe('second-secret')
  })

  test('that are short are masked only where they stand alone', () => {
    expect(redactor.knowing(['12']).text('got 12, p12, 120')).toBe('got ***, p12, 120')
  })
})
