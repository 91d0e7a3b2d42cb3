// `pressure` of a file: that the services and steps it names are there, and that it does something.
import { didYouMean } from '../errors.ts'
import { pressureSchema } from '../pressure/pressure.ts'
import type { Pressure, PressureSpec } from '../pressure/pressure.ts'
import type { DataPath } from './diagnostic.ts'
import type { Mapping, Reader } from './reader.ts'

/** @param known the names of services and of steps that send requests; undefined where they are not known */
export function readPressure(
  file: Mapping,
  reader: Reader,
  known: { readonly services: readonly string[] | undefined; readonly steps: readonly string[] },
): PressureSpec | undefined {
  const key = keyIn(file, reader)
  const spec = reader.optional(pressureSchema, file, key, undefined)
  if (spec === undefined) return undefined
  const at = (level: string): DataPath => [key, level]
  checkNames(spec.services, at('services'), (name) => `There is no service "${name}".`, known.services, reader)
  const noStep = (name: string): string => `No step that sends requests is named "${name}".`
  checkNames(spec.actions, at('actions'), noStep, known.steps, reader)
  const levels: readonly Pressure[] = [spec.global, ...Object.values(spec.services), ...Object.values(spec.actions)]
  if (
    levels.some(({ errorStatus }) => errorStatus !== undefined) &&
    levels.every(({ errorRate = 0 }) => errorRate === 0)
  )
    reader.source.add({
      code: 'idle-pressure',
      severity: 'warning',
      path: [key],
      atKey: true,
      message: 'error_status without error_rate fails nothing.',
      hint: 'Add error_rate: 0.02',
    })
  return spec
}

/** Turbulence called it by its own name. */
function keyIn(file: Mapping, { source }: Reader): 'pressure' | 'turbulence' {
  if (!Object.hasOwn(file, 'turbulence')) return 'pressure'
  if (Object.hasOwn(file, 'pressure'))
    source.add({
      code: 'wrong-value',
      path: ['turbulence'],
      atKey: true,
      message: '"turbulence" is the older name of "pressure", and the file has both.',
      hint: 'Keep pressure.',
    })
  return Object.hasOwn(file, 'pressure') ? 'pressure' : 'turbulence'
}

function checkNames(
  given: Readonly<Record<string, Pressure>>,
  at: DataPath,
  message: (name: string) => string,
  known: readonly string[] | undefined,
  { source }: Reader,
): void {
  for (const name of known === undefined ? [] : Object.keys(given))
    if (known?.includes(name) === false)
      source.add({
        code: 'unknown-name',
        path: [...at, name],
        atKey: true,
        message: message(name),
        hint: didYouMean(name, known),
      })
}
