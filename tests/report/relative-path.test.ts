import { expect, test } from 'vitest'
import { relativePath } from '../../src/report/relative-path.ts'

test.each([
  ['/repo/load/shop.yaml', '/repo', 'load/shop.yaml'],
  ['/repo/load/shop.yaml', '/repo/', 'load/shop.yaml'],
  ['/repo/shop.yaml', '/repo/packages/a', '../../shop.yaml'],
  ['C:\\repo\\load\\shop.yaml', 'C:\\repo', 'load/shop.yaml'],
  ['/repo/load/shop.yaml', undefined, 'shop.yaml'],
])('%s seen from %s is %s', (file, root, shown) => {
  expect(relativePath(file, root)).toBe(shown)
})
