// Watch mode: load is sent only for a scenario that was saved, that names a saved file, or that a path
// filter names; everything else that Vitest runs again leaves it alone.
import { afterAll, describe, expect, test, vi } from 'vitest'
import { removeCopies } from '../support/run-fixture.ts'
import { watching } from '../support/watch-fixture.ts'

afterAll(removeCopies)

vi.setConfig({ testTimeout: 60_000 })
const HELD = 'watch mode: save the file or name it to run it'
const comment = (text: string): string => `${text}\n# saved\n`

test('a save runs the scenario that it concerns, and only that', async () => {
  await watching('watch', {}, async (watch) => {
    const start = await watch.run()
    expect(start.received).toEqual({})
    expect(start.screen).toContain(`Not run: inline.scenario.yaml, separate.scenario.yaml (${HELD})`)
    expect(start.screen).toContain('1 passed | 3 skipped')

    watch.save('inline.scenario.yaml', (text) => text.replace('agents: 3', 'agents: 4'))
    expect((await watch.run()).received).toEqual({ 'GET /products': 4 })

    watch.save('shop.sut.yaml', comment)
    const sut = await watch.run()
    expect(sut.received).toEqual({ 'POST /carts': 2 })
    expect(sut.screen).toContain('RERUN  shop.sut.yaml')

    for (const file of ['price.ts', 'price.test.ts']) {
      watch.save(file, (text) => `${text}\n// saved\n`)
      const unit = await watch.run()
      expect(unit.received).toEqual({})
      expect(unit.screen).toContain('1 passed (1)')
      expect(unit.screen).not.toContain('scenario')
    }

    watch.save('separate.scenario.yaml', (text) => text.replace('errors == 0', 'errors == 1'))
    expect((await watch.run()).screen).toContain('errors was 0, must be == 1')
    watch.press('f')
    const failed = await watch.run()
    expect(failed.received).toEqual({})
    expect(failed.screen).toContain(`Not run: separate.scenario.yaml (${HELD})`)

    watch.press('a')
    const all = await watch.run()
    expect(all.received).toEqual({})
    expect(all.screen).toContain(HELD)
  })
})

test('files that a scenario names are watched while something is wrong with it', async () => {
  await watching('watch', { args: ['separate'] }, async (watch) => {
    expect((await watch.run()).received).toEqual({ 'POST /carts': 2 })

    watch.save('shop.sut.yaml', (text) => text.replace('services:', 'servces:'))
    const wrongSut = await watch.run()
    expect(wrongSut.received).toEqual({})
    expect(wrongSut.screen).toContain('Did you mean "services"?')

    watch.save('separate.scenario.yaml', (text) => text.replace('sut: ./shop', 'sut ./shop'))
    expect((await watch.run()).screen).toContain('This is not YAML')

    watch.save('shop.sut.yaml', (text) => text.replace('servces:', 'services:'))
    const wrongYaml = await watch.run()
    expect(wrongYaml.received).toEqual({})
    expect(wrongYaml.screen).toContain('RERUN  shop.sut.yaml')

    watch.save('separate.scenario.yaml', (text) => text.replace('sut ./shop', 'sut: ./new'))
    expect((await watch.run()).screen).toContain('There is no file "./new.sut.yaml".')

    watch.save('new.sut.yaml', () => "services: { shop: { base_url: '{{env.SHOP_URL}}' } }\n")
    expect((await watch.run()).received).toEqual({ 'POST /carts': 2 })
  })
})

test('a path filter asks for its files, also one that is typed', async () => {
  await watching('watch', { args: ['inline'] }, async (watch) => {
    expect((await watch.run()).received).toEqual({ 'GET /products': 3 })

    watch.press('r')
    expect((await watch.run()).received).toEqual({ 'GET /products': 3 })

    watch.press('p')
    await watch.until('Input filename pattern')
    watch.press('separ')
    await watch.until('separate.scenario.yaml')
    watch.press('\r')
    expect((await watch.run()).received).toEqual({ 'POST /carts': 2 })
  })
})

describe('while load runs', () => {
  test('q stops it, shows what there is, and goes on watching', async () => {
    await watching('long', { args: ['long'] }, async (watch) => {
      await watch.until('seed      1')
      watch.press('q')
      const { screen, received } = await watch.run()
      expect(screen).toContain('Stopped early: Vitest cancelled the run')
      expect(screen).toContain('not evaluated')
      expect(screen).toContain('CANCELLED')
      expect(received['GET /coupons']).toBe(1)
    })
  })

  test('SIGTERM stops it, and ends the watch', async () => {
    await watching('long', { args: ['long'] }, async (watch) => {
      await watch.until('seed      1')
      watch.signal('SIGTERM')
      expect(await watch.code).toBe(143)
      expect(await watch.until('Stopped early')).toContain('SIGTERM: no more load')
    })
  })
})
