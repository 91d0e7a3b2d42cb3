// Services as Turbulence's second shape of a SUT has them: `protocol: http` with the keys in a block `http`. The
// block is opened; services that speak something else are left out, and said so.
import type { DataPath } from './diagnostic.ts'
import { isMapping, mapValues } from './reader.ts'
import type { Mapping, Reader } from './reader.ts'

const OTHERS: readonly string[] = ['grpc', 'kafka']

/** The services that speak HTTP, with their keys where they belong. @param path the way to all of them */
export function httpServices(services: Mapping, path: DataPath, reader: Reader): Mapping {
  const spoken = Object.entries(services).filter(([name, value]) => {
    const other = isMapping(value) ? otherProtocol(value) : undefined
    if (other !== undefined) leaveOut(name, other, [...reader.base, ...path, name], reader)
    return other === undefined
  })
  return mapValues(Object.fromEntries(spoken), opened)
}

/** `protocol: http` and `http: { base_url }` are `base_url`. */
function opened(value: unknown): unknown {
  if (!isMapping(value)) return value
  const { protocol, http, ...rest } = value
  if (isMapping(http) && (protocol === undefined || protocol === 'http')) return { ...http, ...rest }
  return protocol === 'http' && http === undefined ? rest : value
}

function otherProtocol({ protocol, ...rest }: Mapping): string | undefined {
  if (protocol === undefined) return OTHERS.find((other) => isMapping(rest[other]) && rest['base_url'] === undefined)
  return OTHERS.find((other) => other === protocol)
}

function leaveOut(name: string, protocol: string, path: DataPath, { source }: Reader): void {
  source.add({
    code: 'other-protocol',
    severity: 'hint',
    path,
    atKey: true,
    message: `The service "${name}" speaks ${protocol}, and steps send HTTP: it is left out.`,
    hint: 'A call step can speak to it: a function of your own.',
  })
}
