// The system under test: its services and profiles, inline or in a file of their own. One profile is
// chosen and laid over; the environment is filled in later, when the Plan is made.
import { resolve } from 'node:path'
import { z } from 'zod'
import { layRetryAfter } from '../actions/retry-after.ts'
import { didYouMean } from '../errors.ts'
import type { Place } from '../errors.ts'
import type { DataPath } from './diagnostic.ts'
import { mapValues } from './reader.ts'
import type { Mapping, Reader } from './reader.ts'
import type { ServiceSpec } from './scenario.ts'
import { startSpec } from './start.ts'
import { httpServices } from './sut-protocol.ts'
import { anyMap, headers, PROFILE_KEYS, service, serviceOfProfile, SUT_KEYS } from './sut-schema.ts'
import type { Headers, ServiceInput, TlsInput } from './sut-schema.ts'

const TIMEOUT_SECONDS = 30
const MAX_BODY_BYTES = 16 * 1024 ** 2

/** A text of the SUT that is a template, for the check of its names. */
export interface SutText {
  readonly text: string
  readonly path: DataPath
  readonly kind: 'base_url' | 'header'
}

export interface Sut {
  readonly services: Readonly<Record<string, ServiceSpec>>
  /** Also of services that are wrong. */
  readonly names: readonly string[]
  /** For people. */
  readonly name?: string
  readonly profile?: string
  readonly texts: readonly SutText[]
  readonly files: readonly SutFile[]
}

/** A file that a service names. */
export interface SutFile {
  /** As written. */
  readonly given: string
  /** It is relative to. */
  readonly folder: string
  readonly path: DataPath
}

/** Which profile was asked for, and what to call when there is none of that name. */
export interface ProfileChoice {
  readonly name: string
  readonly notThere: (hint: string) => void
}

/** @param folder where the commands of `start` run */
export function readSut(value: unknown, reader: Reader, asked: ProfileChoice | undefined, folder: string): Sut {
  const raw = reader.read(anyMap, value, []) ?? {}
  reader.unknownKeys(raw, SUT_KEYS)
  const name = reader.optional(z.string().min(1), raw, 'name', undefined)
  const profiles = reader.optional(anyMap, raw, 'profiles', {})
  const profile = chooseProfile(raw, profiles, reader, asked)
  const layers = readLayers(raw, profiles, profile, reader)
  const merged = Object.keys(layers.services).map((name) => mergeService(name, layers, reader, folder))
  return {
    services: Object.fromEntries(merged.flatMap(({ name, spec }) => (spec === undefined ? [] : [[name, spec]]))),
    names: Object.keys(layers.services),
    texts: merged.flatMap(({ texts }) => texts),
    files: merged.flatMap(({ files }) => files),
    ...(name !== undefined && { name }),
    ...(profile !== undefined && { profile }),
  }
}

function chooseProfile(
  raw: Mapping,
  profiles: Mapping,
  reader: Reader,
  asked: ProfileChoice | undefined,
): string | undefined {
  const byDefault = reader.optional(z.string(), raw, 'default_profile', undefined)
  const known = Object.keys(profiles)
  if (byDefault !== undefined && !known.includes(byDefault)) {
    const message = `There is no profile "${byDefault}".`
    const hint = didYouMean(byDefault, known, 'Profiles')
    reader.source.add({ code: 'unknown-profile', path: [...reader.base, 'default_profile'], message, hint })
  }
  if (asked === undefined) return byDefault !== undefined && known.includes(byDefault) ? byDefault : undefined
  if (known.includes(asked.name)) return asked.name
  asked.notThere(didYouMean(asked.name, known, 'Profiles'))
  return undefined
}

interface Layers {
  /** The SUT's `default_headers`, then the profile's, each with the way to it. */
  readonly headers: readonly { readonly values: Headers; readonly path: DataPath }[]
  readonly services: Readonly<Record<string, ServiceInput | undefined>>
  /** What the profile says of each. */
  readonly over: Readonly<Record<string, ServiceInput | undefined>>
  readonly overPath: DataPath
}

/** Reads all profiles, so that mistakes in those not chosen show too. */
function readLayers(raw: Mapping, profiles: Mapping, chosen: string | undefined, reader: Reader): Layers {
  const own = reader.optional(headers, raw, 'default_headers', {})
  const named = reader.read(anyMap, raw['services'] ?? {}, ['services']) ?? {}
  if (raw['services'] === undefined)
    reader.source.add({
      code: 'missing-key',
      path: [...reader.base, 'services'],
      message: '"services" is missing.',
      hint: 'services: { api: { base_url: "http://127.0.0.1:3000" } }',
    })
  const spoken = httpServices(named, ['services'], reader)
  const services = mapValues(spoken, (value, name) => reader.read(service, value, ['services', name]))
  const known = Object.keys(services)
  const left = Object.keys(named).filter((name) => !known.includes(name))
  const read = mapValues(profiles, (value, name) => readProfile(value ?? {}, name, { known, left }, reader))
  const profile = chosen === undefined ? undefined : read[chosen]
  const overPath = ['profiles', chosen ?? '']
  const layers = [
    { values: own, path: ['default_headers'] },
    { values: profile?.headers ?? {}, path: [...overPath, 'default_headers'] },
  ]
  return { headers: layers, services, over: profile?.services ?? {}, overPath: [...overPath, 'services'] }
}

function readProfile(
  value: unknown,
  name: string,
  { known, left }: { readonly known: readonly string[]; readonly left: readonly string[] },
  reader: Reader,
): { headers: Headers; services: Layers['over'] } {
  const path = ['profiles', name]
  const raw = reader.read(anyMap, value, path) ?? {}
  reader.unknownKeys(raw, PROFILE_KEYS, path)
  const own =
    raw['default_headers'] === undefined
      ? {}
      : reader.read(headers, raw['default_headers'], [...path, 'default_headers'])
  const named = raw['services'] === undefined ? {} : (reader.read(anyMap, raw['services'], [...path, 'services']) ?? {})
  const spoken = Object.fromEntries(Object.entries(named).filter(([key]) => !left.includes(key)))
  const services = mapValues(httpServices(spoken, [...path, 'services'], reader), (fieldsOf, key) => {
    if (known.includes(key)) return reader.read(serviceOfProfile, fieldsOf ?? {}, [...path, 'services', key])
    const message = `There is no service "${key}".`
    const hint = didYouMean(key, known, 'Services')
    reader.source.add({
      code: 'unknown-service',
      path: [...reader.base, ...path, 'services', key],
      atKey: true,
      message,
      hint,
    })
    return undefined
  })
  return { headers: own ?? {}, services }
}

function mergeService(
  name: string,
  layers: Layers,
  reader: Reader,
  folder: string,
): { name: string; spec?: ServiceSpec; texts: SutText[]; files: SutFile[] } {
  const own: ServiceInput = layers.services[name] ?? {}
  const over: ServiceInput = layers.over[name] ?? {}
  const path: DataPath = ['services', name]
  const overPath: DataPath = [...layers.overPath, name]
  const merged = new Map<string, { name: string; text: string; path: DataPath }>()
  const all = [
    ...layers.headers,
    { values: own.headers ?? {}, path: [...path, 'headers'] },
    { values: over.headers ?? {}, path: [...overPath, 'headers'] },
  ]
  for (const layer of all)
    for (const [key, value] of Object.entries(layer.values))
      merged.set(key.toLowerCase(), { name: key, text: String(value), path: [...layer.path, key] })
  const used = { ...own, ...withoutUndefined(over) }
  const baseUrlText: SutText = {
    text: used.base_url ?? '',
    path: [...reader.base, ...(over.base_url === undefined ? path : overPath), 'base_url'],
    kind: 'base_url',
  }
  const headerTexts = [...merged.values()].map((header): SutText => ({
    text: header.text,
    path: [...reader.base, ...header.path],
    kind: 'header',
  }))
  const startPath = [...reader.base, ...(over.start === undefined ? path : overPath), 'start']
  const retryAfter = layRetryAfter(own.retry_after, over.retry_after)
  if (used.burst !== undefined && used.rate_limit_rps === undefined)
    reader.source.add({
      code: 'wrong-value',
      path: [...reader.base, ...(over.burst === undefined ? path : overPath), 'burst'],
      message: `"burst" of "${name}" limits nothing: the service has no rate_limit_rps.`,
      hint: 'Add rate_limit_rps: 20, or leave it out.',
    })
  const tlsPath = [...reader.base, ...(over.tls === undefined ? path : overPath), 'tls']
  const files = TLS_FILES.flatMap((key) => {
    const given = used.tls?.[key]
    return given === undefined ? [] : [{ given, folder, path: [...tlsPath, key] }]
  })
  const spec: ServiceSpec = {
    baseUrl: used.base_url ?? '',
    headers: Object.fromEntries([...merged.values()].map((header) => [header.name, header.text])),
    timeoutMs: (used.timeout_seconds ?? TIMEOUT_SECONDS) * 1000,
    ...(used.connections !== undefined && { connections: used.connections }),
    maxBodyBytes: used.max_body ?? MAX_BODY_BYTES,
    ...(retryAfter !== undefined && { retryAfter }),
    ...limitOf(used),
    ...(used.http2 !== undefined && { http2: used.http2 }),
    ...(used.tls !== undefined && { tls: tlsSpec(used.tls, folder, reader.source.place(tlsPath, true)) }),
    ...(used.start && { start: startSpec(used.start, folder, reader.source.place(startPath, true)) }),
    place: reader.source.place(baseUrlText.path),
  }
  // Without its own fields it is wrong; the headers it would get are looked at all the same.
  return layers.services[name] === undefined
    ? { name, texts: headerTexts, files }
    : { name, spec, texts: [baseUrlText, ...headerTexts], files }
}

const TLS_FILES = ['ca', 'cert', 'key'] as const

function tlsSpec(tls: TlsInput, folder: string, place: Place): NonNullable<ServiceSpec['tls']> {
  const files = TLS_FILES.flatMap((key) => {
    const given = tls[key]
    return given === undefined ? [] : [[key, resolve(folder, given)] as const]
  })
  return { ...Object.fromEntries(files), rejectUnauthorized: tls.reject_unauthorized, place }
}

function limitOf({ rate_limit_rps: ratePerSecond, burst }: ServiceInput): Pick<ServiceSpec, 'rateLimit'> {
  if (ratePerSecond === undefined) return {}
  return { rateLimit: { ratePerSecond, ...(burst !== undefined && { burst }) } }
}

const withoutUndefined = (input: ServiceInput): ServiceInput =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
