// `pressure` of a file: that the services and steps it names are there, and that it does something.
import { didYouMean } from '../errors.ts'
import { pressureSchema } from '../pressure/pressure.ts'
import type { Pressure, PressureSpec } from '../pressure/pressure.ts'
import type { Mapping, Reader } from './reader.ts'

/** @param known the names of services and of steps that send requests; undefined where they are not known */
export function readPressure(
  file: Mapping,
  reader: Reader,
  known: { readonly services: readonly string[] | undefined; readonly steps: readonly string[] },
): PressureSpec | undefined {
  const spec = reader.optional(pressureSchema, file, 'pressure', undefined)
  if (spec === undefined) return undefined
  checkNames(spec.services, 'services', (name) => `There is no service "${name}".`, known.services, reader)
  checkNames(spec.actions, 'actions', (name) => `No step that sends requests is named "${name}".`, known.steps, reader)
  const levels: readonly Pressure[] = [spec.global, ...Object.values(spec.services), ...Object.values(spec.actions)]
  if (
    levels.some(({ errorStatus }) => errorStatus !== undefined) &&
    levels.every(({ errorRate = 0 }) => errorRate === 0)
  )
    reader.source.add({
      code: 'idle-pressure',
      severity: 'warning',
      path: ['pressure'],
      atKey: true,
      message: 'error_status without error_rate fails nothing.',
      hint: 'Add error_rate: 0.02',
    })
  return spec
}

function checkNames(
  given: Readonly<Record<string, Pressure>>,
  key: string,
  message: (name: string) => string,
  known: readonly string[] | undefined,
  { source }: Reader,
): void {
  for (const name of known === undefined ? [] : Object.keys(given))
    if (known?.includes(name) === false)
      source.add({
        code: 'unknown-name',
        path: ['pressure', key, name],
        atKey: true,
        message: message(name),
        hint: didYouMean(name, known),
      })
}
