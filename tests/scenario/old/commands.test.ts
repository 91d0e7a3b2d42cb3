// Calls of Turbulence's command line, wherever they stand.
import { describe, expect, test } from 'vitest'
import { commandsIn } from '../../../src/scenario/old/commands.ts'

const hints = (text: string): (string | undefined)[] => commandsIn('a.sh', text).map(({ hint }) => hint)

describe('a call is found', () => {
  test.each([
    ['alone', 'turbulence run -n 5'],
    ['in a workflow', '      - run: turbulence run -n 5'],
    ['in a script of package.json', '  "load": "turbulence run -n 5",'],
    ['in a code span', 'Run `turbulence run -n 5` first.'],
    ['after another command', 'cd load && poetry run turbulence run -n 5; echo done'],
    ['by its older name', 'windtunnel run -n 5'],
  ])('%s', (_, text) => {
    expect(hints(text)).toEqual(['-n 5: agents: 5 in the scenario, or TURBULENCE_AGENTS_SCALE=5 for one run'])
  })

  test('over several lines, where it begins', () => {
    const text =
      '#!/bin/sh\n\n  turbulence run \\\n    --seed=7 \\\n    --profile staging\nturbulence report --run-id 1\n'
    expect(commandsIn('/p/a.sh', text)).toMatchObject([
      {
        place: { file: '/p/a.sh', line: 3, column: 3 },
        hint: "--seed 7: simulation: { seed: 7 }, or TURBULENCE_SEED=7\n--profile staging: TURBULENCE_PROFILE=staging, or turbulence({ profile: 'staging' })",
      },
      { place: { line: 6, column: 1 }, message: '"turbulence report" is not a command any more.' },
    ])
  })
})

test.each([
  'the turbulence runs high',
  "import { turbulence } from 'vitest-turbulence'",
  'npx turbulence lint',
  'npx turbulence plan a.yaml',
  'my-turbulence run',
])('%s is no call', (text) => expect(commandsIn('a', text)).toEqual([]))
