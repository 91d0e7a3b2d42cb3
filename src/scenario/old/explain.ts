// All that there is to say about one YAML file of a Turbulence directory: what it means now, and how to write it.
import type { Problem } from '../../errors.ts'
import { isMapping } from '../reader.ts'
import type { Mapping } from '../reader.ts'
import { Source } from '../source.ts'
import { commandsIn } from './commands.ts'
import { differencesIn, everywhere } from './differences.ts'
import { isOldShape, kindOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { movesOfScenario } from './moves.ts'
import type { Surroundings } from './moves.ts'
import { movesOfPersonas, movesOfPolicies, movesOfSut } from './other-moves.ts'
import { changedWords } from './yaml-words.ts'

/** Undefined = none of Turbulence's files. */
export function kindOfFile(file: string, text: string): Kind | 'commands' | undefined {
  const kind = /\.ya?ml$/.test(file) ? kindOfYaml(new Source(file, text)) : undefined
  return kind ?? (commandsIn(file, text).length > 0 ? 'commands' : undefined)
}

/** One that cannot be read is told by its lines, so that its mistakes are told. */
function kindOfYaml({ value, text, problems }: Source): Kind | undefined {
  if (value !== undefined || problems.length === 0) return kindOf(value)
  if (/^flow:/m.test(text)) return 'scenario'
  return /^services:/m.test(text) && /^ +base_url:/m.test(text) ? 'sut' : undefined
}

/** @param around the files beside it */
export function explainOld(kind: Kind | 'commands', text: string, around: Surroundings): readonly Problem[] {
  if (kind === 'commands') return commandsIn(around.file, text)
  const source = new Source(around.file, text)
  if (!isMapping(source.value)) return source.problems
  for (const finding of [...findingsOf(kind, source.value, around), ...changedWords(text)]) source.add(finding)
  return source.problems
}

function findingsOf(kind: Kind, value: Mapping, around: Surroundings): ReturnType<typeof differencesIn> {
  switch (kind) {
    case 'scenario':
      return [
        ...(isOldShape(around.file, value) ? [...everywhere(), ...differencesIn(value)] : []),
        ...movesOfScenario(value, around),
      ]
    case 'sut':
      return movesOfSut(value)
    case 'personas':
      return movesOfPersonas(value)
    case 'policies':
      return movesOfPolicies(value)
  }
}
