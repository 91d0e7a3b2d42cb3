import { expect, test } from 'vitest'
import { loadOptions } from '../../../src/adapters/vitest/load-options.ts'
import { resolveOptions } from '../../../src/adapters/vitest/options.ts'

test('has what the options say, and nothing for what they do not', () => {
  const given = { profile: 'local', sut: 'shop.sut.yaml', policies: 'policies.yaml', root: 'load' }
  expect(loadOptions(resolveOptions(given, '/repo', {}), undefined)).toEqual({
    root: '/repo/load',
    profile: 'local',
    sut: '/repo/shop.sut.yaml',
    policies: '/repo/policies.yaml',
  })
  expect(loadOptions(resolveOptions({}, '/repo', {}), undefined)).toStrictEqual({ root: '/repo' })
})

test('the environment lies over them', () => {
  const options = resolveOptions({ profile: 'local' }, '/repo', {})
  const overrides = { cycles: 2 }
  expect(loadOptions(options, { profile: 'staging', overrides })).toEqual({
    root: '/repo',
    profile: 'staging',
    overrides,
  })
  expect(loadOptions(options, { profile: undefined, overrides })).toMatchObject({ profile: 'local' })
})
