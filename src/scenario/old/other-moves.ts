// How the other files of a Turbulence directory move: the SUT, personas and policies.
import { isMapping } from '../reader.ts'
import type { Mapping } from '../reader.ts'
import type { Finding } from '../source.ts'
import { groupOf, move } from './moves.ts'

const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export function movesOfSut(value: Mapping): Finding[] {
  const services = Object.entries(mapping(value['services'])).map(([name, of]) => ({ at: ['services', name], of }))
  const inProfiles = Object.entries(mapping(value['profiles'])).flatMap(([profile, of]) =>
    Object.entries(mapping(mapping(of)['services'])).map(([name, over]) => ({
      at: ['profiles', profile, 'services', name],
      of: over,
    })),
  )
  return [...correlation(value), ...[...services, ...inProfiles].flatMap(({ at, of }) => httpBlock(mapping(of), at))]
}

function correlation(value: Mapping): Finding[] {
  const headers = Object.keys(mapping(value['default_headers'])).map((name) => name.toLowerCase())
  if (headers.includes('x-correlation-id')) return []
  return [
    move({
      path: [Object.hasOwn(value, 'default_headers') ? 'default_headers' : 'services'],
      atKey: true,
      message: 'Turbulence sent X-Correlation-ID with every request; here only headers that are written are sent.',
      hint: 'default_headers: { X-Correlation-ID: "{{correlation_id}}" }',
    }),
  ]
}

function httpBlock(service: Mapping, at: readonly string[]): Finding[] {
  const { protocol, http } = service
  if (!isMapping(http) || (protocol !== undefined && protocol !== 'http')) return []
  const message = 'The keys of "http" stand in the service itself.'
  const hint = `${Object.keys(http).join(', ')}: one level up, without protocol and http.`
  return [move({ path: [...at, 'http'], atKey: true, message, hint })]
}

export function movesOfPersonas(value: Mapping): Finding[] {
  return list(value['personas']).map((persona, index) => {
    const { id, hints } = mapping(persona)
    const vars = isMapping(hints) ? Object.entries(hints).map(([key, of]) => `${key}: ${String(of)}`) : []
    return move({
      path: ['personas', index, 'id'],
      message: `A persona is a group of agents: "${String(id)}". What it is like is for people; nothing reads it.`,
      hint: `agents: { ${String(id)}: { count: 10${vars.length === 0 ? '' : `, vars: { ${vars.join(', ')} }`} } }`,
    })
  })
}

export function movesOfPolicies(value: Mapping): Finding[] {
  const policies = list(value['policies']).map(mapping)
  const others = policies.slice(1).map(({ persona_id: id }) => String(id))
  const unheard =
    others.length === 0
      ? []
      : [
          move({
            path: ['policies', 1],
            message: `Turbulence let the first persona decide for everybody: ${others.join(', ')} counted only where a step named them.`,
            hint: 'Here a group that is called like a persona decides by its policy.',
          }),
        ]
  return [
    ...unheard,
    ...policies.flatMap(({ persona_id: id, decisions, data }, index) => [
      move({
        path: ['policies', index, 'persona_id'],
        message: `The policy of "${String(id)}" fits into a group of agents.`,
        hint: groupOf(String(id), mapping(decisions)),
      }),
      ...(data === undefined
        ? []
        : [
            move({
              path: ['policies', index, 'data'],
              atKey: true,
              message: 'Nothing reads "data", and nothing did.',
              hint: `Rows for agents are a file: agents: { ${String(id)}: { data: ./rows.csv } }, then {{data.column}}.`,
            }),
          ]),
    ]),
  ]
}
