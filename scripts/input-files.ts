// The files of src/scenario/input/: which of the types of a scenario stand together, what each file says it
// is, and what it imports from the others.
import { inputTypes } from './input-types.ts'
import type { Declaration } from './input-types.ts'
import type { MappingKeys } from './mappings.ts'

interface Group {
  readonly about: string
  readonly types: readonly string[]
}

/** A file imports only from those above it. */
const FILES: Readonly<Record<string, Group>> = {
  'sut.ts': {
    about: 'The system under test as TypeScript writes it: its services, and what is different elsewhere.',
    types: [
      'SutInput',
      'ServiceInput',
      'ServiceKeys',
      'RetryAfterInput',
      'TlsInput',
      'StartInput',
      'ProfilesInput',
      'ProfilesServicesInput',
    ],
  },
  'step-keys.ts': {
    about:
      'What steps have in common as TypeScript writes it: their keys, and what they expect of an answer or a variable.',
    types: ['StepKeys', 'ExpectInput', 'HeaderInput', 'OperatorsInput'],
  },
  'request-step.ts': {
    about: 'The steps that send requests as TypeScript writes them, and what stands in them.',
    types: ['HttpInput', 'WaitInput', 'RequestInput', 'ExtractInput', 'MockInput', 'MultipartInput', 'RetryInput'],
  },
  'step.ts': {
    about: 'The steps of a flow as TypeScript writes them; those that send requests are request-step.ts.',
    types: [
      'StepInput',
      'AssertInput',
      'AssertionInput',
      'BranchInput',
      'DecideInput',
      'RepeatInput',
      'SetInput',
      'PauseInput',
      'CallInput',
    ],
  },
  'group.ts': {
    about: 'A group of agents as TypeScript writes it: what they do, how often, with which data, and what is judged.',
    types: ['GroupInput', 'WorkloadInput', 'ActivityInput', 'DataInput', 'ThresholdsInput'],
  },
  'variation.ts': {
    about: 'What differs between iterations, and the faults put in on purpose, as TypeScript writes them.',
    types: ['VariationInput', 'ParametersInput', 'TogglesInput', 'TimingInput', 'PressureInput', 'GlobalInput'],
  },
  'course.ts': {
    about:
      'The course of a run as TypeScript writes it: its cycles, what holds it back, what ends it, what is kept of it.',
    types: ['SimulationInput', 'WarmupInput', 'LimitsInput', 'CircuitBreakerInput', 'CheckpointInput', 'StopWhenInput'],
  },
  'scenario.ts': {
    about: 'A whole scenario as TypeScript writes it; what it comes to when it is loaded is src/scenario/scenario.ts.',
    types: ['ScenarioInput'],
  },
}

const ORIGIN = '// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.'

/** The text of each file of src/scenario/input/, by its name. */
export function inputFiles(mappings: ReadonlyMap<string, MappingKeys>): ReadonlyMap<string, string> {
  const declarations = new Map(inputTypes(mappings).map((declaration) => [declaration.name, declaration]))
  const homes = new Map(Object.entries(FILES).flatMap(([file, { types }]) => types.map((name) => [name, file])))
  const homeless = [...declarations.keys()].filter((name) => !homes.has(name))
  if (homeless.length > 0)
    throw new Error(`${homeless.join(', ')}: name the file under FILES in scripts/input-files.ts`)
  return new Map(
    Object.entries(FILES).map(([file, { about, types }]) => {
      const own = types.map((name) => declarations.get(name) ?? unknownType(file, name))
      const imports = importsOf(file, own, homes)
      return [file, [[`// ${about}`, ORIGIN, ...imports, ''].join('\n'), ...own.map(({ text }) => text)].join('\n')]
    }),
  )
}

function unknownType(file: string, name: string): never {
  throw new Error(`${name}, which scripts/input-files.ts puts into ${file}, is the type of no mapping`)
}

/** One line for each file above whose types are used; what stands below is left to the compiler to miss. */
function importsOf(file: string, own: readonly Declaration[], homes: ReadonlyMap<string, string>): string[] {
  const code = own.map(({ text }) => text.replaceAll(/\/\*\*.*?\*\//g, '')).join('\n')
  const used = new Set(code.match(/\b[A-Z]\w+/g) ?? [])
  const files = Object.keys(FILES)
  return files.slice(0, files.indexOf(file)).flatMap((other) => {
    const names = [...used].filter((name) => homes.get(name) === other).sort()
    return names.length === 0 ? [] : [`import type { ${names.join(', ')} } from './${other}'`]
  })
}
