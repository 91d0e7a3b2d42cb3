// Calls of Turbulence's command line, in scripts and elsewhere: what each of their options is now.
import type { Problem } from '../../errors.ts'
import { thresholdOf } from './fail-on.ts'

const CALL =
  /(?:^|[\s`"';&|(])(?:turbulence|windtunnel)\s+(run|report|replay|serve|generate|analyze|profiles|migrate)\b/
/** Nobody writes longer ones. */
const LONGEST = 4_000
const MOST = 50

export function commandsIn(file: string, text: string): Problem[] {
  const found: Problem[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length && found.length < MOST; index++) {
    const match = CALL.exec((lines[index] ?? '').slice(0, LONGEST))
    if (match === null) continue
    const whole = joined(lines, index)
    const command = match[1] ?? ''
    const column = match.index + match[0].search(/turbulence|windtunnel/) + 1
    const { message, hint } = command === 'run' ? ofRun(whole.slice(column - 1)) : ofOther(command)
    const place = { file, line: index + 1, column }
    found.push({ code: 'move', severity: 'hint', path: '', place, message, hint })
  }
  return found
}

/** A backslash at the end goes on in the next line. */
function joined(lines: readonly string[], from: number): string {
  let text = lines[from] ?? ''
  for (let index = from; /\\\s*$/.test(text) && index + 1 < lines.length && text.length < LONGEST; index++)
    text = text.replace(/\\\s*$/, ' ') + (lines[index + 1] ?? '').trim()
  return text.slice(0, LONGEST)
}

type Said = Pick<Problem, 'message'> & { readonly hint: string }

const OTHERS: Readonly<Record<string, string>> = {
  report: 'Every run writes its summary and its JUnit file by itself; they lie in .turbulence/runs and test-results.',
  replay: 'A failing test ends with the seed and the command that runs exactly this again.',
  serve: 'npx vitest --ui shows the tests, and .turbulence/runs has the records.',
  generate: 'Write the weights yourself: agents: { shoppers: { policy: { decision: { option: 0.7 } } } }.',
  analyze: 'The table after a run has counts, percentiles and the causes of failures by step.',
  profiles: 'npx turbulence plan <file> --profile <name> says what a profile comes to.',
  migrate: 'npx turbulence lint --old says what each file needs.',
}

function ofOther(command: string): Said {
  return { message: `"turbulence ${command}" is not a command any more.`, hint: OTHERS[command] ?? '' }
}

function ofRun(call: string): Said {
  const words = [...call.matchAll(/"([^"]*)"|'([^']*)'|([^\s"'`;&|]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
  const lines = words.flatMap((word, index): string[] => {
    const [name = '', own] = word.split(/=(.*)/s)
    const now = OPTIONS.get(name)
    const value = own ?? words[index + 1] ?? ''
    return now === undefined ? [] : [`${name} ${value}: ${now(value)}`]
  })
  return { message: 'Scenarios are run by Vitest: npx vitest run', hint: lines.join('\n') }
}

type Now = (value: string) => string

const OPTIONS: ReadonlyMap<string, Now> = new Map(
  (
    [
      [['--sut', '-s'], (value) => `turbulence({ sut: './${value}' }) in vitest.config.ts, or sut: in each scenario`],
      [['--scenarios', '-c'], (value) => `turbulence({ include: ['${value.replace(/\/$/, '')}/**/*.yaml'] })`],
      [['--n', '-n'], (value) => `agents: ${value} in the scenario, or TURBULENCE_AGENTS_SCALE=${value} for one run`],
      [['--parallel', '-p'], (value) => `simulation: { max_concurrent_agents: ${value} }`],
      [['--seed'], (value) => `simulation: { seed: ${value} }, or TURBULENCE_SEED=${value}`],
      [['--profile', '-P'], (value) => `TURBULENCE_PROFILE=${value}, or turbulence({ profile: '${value}' })`],
      [['--policies'], (value) => `turbulence({ policies: './${value}' }); policies.yaml beside the SUT needs no word`],
      [['--output', '-o'], (value) => `turbulence({ runsDir: '${value}' })`],
      [['--storage'], () => 'nothing: records are files'],
      [['--fail-on'], thresholdOf],
    ] as readonly (readonly [string[], Now])[]
  ).flatMap(([names, now]) => names.map((name): [string, Now] => [name, now])),
)
