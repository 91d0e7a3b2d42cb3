// The commands that are printed for people to paste: a shell must read them as they were meant.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rerunCommand, resumeCommand } from '../../../src/adapters/vitest/surroundings.ts'
import { NOTHING_TYPED, typedIn } from '../../../src/adapters/vitest/typed.ts'

const said = ['TURBULENCE_SEED=1', 'TURBULENCE_PROFILE=local', 'TURBULENCE_CYCLES=2', 'TURBULENCE_RESUME=latest']

test('runs it again with its seed and all that was changed, from the beginning', () => {
  expect(rerunCommand('load/shop.scenario.yaml', 42, said)).toBe(
    'TURBULENCE_SEED=42 TURBULENCE_PROFILE=local TURBULENCE_CYCLES=2 npx vitest run load/shop.scenario.yaml',
  )
})

test('goes on with all that was changed; the seed is in the checkpoint', () => {
  expect(resumeCommand('load/shop.scenario.yaml', said)).toBe(
    'TURBULENCE_RESUME=latest TURBULENCE_PROFILE=local TURBULENCE_CYCLES=2 npx vitest run load/shop.scenario.yaml',
  )
})

test('says what else was typed that decides what is sent, and nothing of how results are shown', () => {
  const words = 'run -r pkg --config=ci.config.ts -t x --reporter dot --project scenarios --bail=1 --root'.split(' ')
  const typed = typedIn(words, { getGlobalTestNamePattern: () => /cycle 2 shoppers/ })
  const again = "--root=pkg --config=ci.config.ts --project=scenarios -t 'cycle 2 shoppers'"
  expect(rerunCommand('a.scenario.yaml', 1, [], typed)).toBe(
    `TURBULENCE_SEED=1 npx vitest run a.scenario.yaml ${again}`,
  )
  expect(resumeCommand('a.scenario.yaml', [], typed)).toMatch(/^TURBULENCE_RESUME=latest .* --project=scenarios -t /)
})

test.each([
  [
    ['run', 'load/a.scenario.yaml:12', './load/a.scenario.yaml:20', 'b.scenario.yaml:3'],
    'load/a.scenario.yaml:12 ./load/a.scenario.yaml:20',
  ],
  [['run', '/repo/load/a.scenario.yaml:12'], '/repo/load/a.scenario.yaml:12'],
  [['run', 'load'], 'load/a.scenario.yaml'],
])('after %j it names the same lines', (words, named) => {
  const typed = typedIn(words, { getGlobalTestNamePattern: () => undefined })
  expect(rerunCommand('load/a.scenario.yaml', 1, [], typed)).toBe(`TURBULENCE_SEED=1 npx vitest run ${named}`)
})

test('begins anew where the option would have it go on after a checkpoint', () => {
  expect(rerunCommand('a.scenario.yaml', 1, ['TURBULENCE_RESUME=latest'], { ...NOTHING_TYPED, resumes: true })).toBe(
    'TURBULENCE_SEED=1 TURBULENCE_RESUME=off npx vitest run a.scenario.yaml',
  )
})

test.skipIf(process.platform === 'win32')('quotes what a shell would take apart', () => {
  const profile = "staging (new); it's=mine"
  const command = rerunCommand('it is/shop.scenario.yaml', 1, [`TURBULENCE_PROFILE=${profile}`])
  const shown = command.replace('npx vitest run', `sh -c 'printf "%s|%s" "$TURBULENCE_PROFILE" "$1"' -`)
  expect(execFileSync('sh', ['-c', shown], { encoding: 'utf8' })).toBe(`${profile}|it is/shop.scenario.yaml`)
})
