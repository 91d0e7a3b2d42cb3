// The commands that are printed for people to paste: a shell must read them as they were meant.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { rerunCommand, resumeCommand } from '../../../src/adapters/vitest/surroundings.ts'

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

test.skipIf(process.platform === 'win32')('quotes what a shell would take apart', () => {
  const profile = "staging (new); it's=mine"
  const command = rerunCommand('it is/shop.scenario.yaml', 1, [`TURBULENCE_PROFILE=${profile}`])
  const shown = command.replace('npx vitest run', `sh -c 'printf "%s|%s" "$TURBULENCE_PROFILE" "$1"' -`)
  expect(execFileSync('sh', ['-c', shown], { encoding: 'utf8' })).toBe(`${profile}|it is/shop.scenario.yaml`)
})
