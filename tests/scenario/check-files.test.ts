// The files that steps name: where they are looked for, what becomes of schemas that refer to others, and
// that they are watched.
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileSchema } from '../../src/actions/json-schema.ts'
import type { JsonSchema } from '../../src/actions/json-schema.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Loaded } from '../../src/scenario/load.ts'
import { makePlan } from '../../src/plan/make.ts'
import { bundleSchema } from '../../src/scenario/schema-files.ts'

const SUT = 'id: x\nsut: { services: { api: { base_url: "http://127.0.0.1" } } }\n'

function load(flow: string, files: Record<string, string> = {}): Loaded {
  const readFile = (path: string): string => {
    const text = path.endsWith('.scenario.yaml') ? SUT + flow : files[path.replace('/project/', '')]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  }
  return loadScenario('/project/x.scenario.yaml', { root: '/project', readFile })
}

const messages = ({ problems }: Loaded): string[] => problems.map(({ message }) => message)

describe('schemas in files', () => {
  const reading = (files: Record<string, string>): { read: (path: string) => string } => ({
    read: (path) => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return text
    },
  })
  const bundled = (files: Record<string, string>, schema: JsonSchema): ReturnType<typeof bundleSchema> =>
    bundleSchema(schema, '/p', reading(files))

  test('may refer to each other, in circles, by fragments and in YAML', () => {
    const files = {
      '/p/a.json':
        '{ "type": "object", "properties": { "b": { "$ref": "sub/b.yaml#/$defs/b" }, "n": { "type": "number" } } }',
      '/p/sub/b.yaml':
        '$defs: { b: { type: object, properties: { a: { $ref: ../a.json }, c: { $ref: "#/$defs/c" } } }, c: { const: 1 } }',
    }
    const { schema, files: named, wrong } = bundled(files, { $ref: './a.json' })
    expect(wrong).toBeUndefined()
    expect(named).toEqual(['/p/a.json', '/p/sub/b.yaml'])
    const check = compileSchema(schema)
    expect(check({ b: { a: { n: 1, b: { c: 1 } } } })).toBeUndefined()
    expect(check({ b: { a: { n: 'x' } } })?.message).toBe('schema: $.b.a.n must be number (type), is "x"')
    expect(check({ b: { a: { b: { c: 2 } } } })?.message).toContain('$.b.a.b.c must be equal to constant')
  })

  test('keep what the inline part says itself', () => {
    const { schema } = bundled(
      { '/p/a.json': 'true' },
      { $ref: '#/$defs/own', $defs: { own: { allOf: [{ type: 'number' }, { $ref: 'a.json' }] } } },
    )
    expect(compileSchema(schema)(1)).toBeUndefined()
    expect(compileSchema(schema)('1')).toBeDefined()
  })

  test.each([
    ['{ "type": ', 'is not a JSON Schema'],
    ['- a list', 'a schema is a mapping'],
  ])('%j is refused', (text, said) => {
    expect(bundled({ '/p/a.json': text }, { $ref: 'a.json' }).wrong?.message).toContain(said)
  })
})

describe('files of steps', () => {
  const CALL = 'flow: [{ type: call, name: a, module: ./lib/a.ts }]'

  test('are watched, also when one is not there', () => {
    expect(load(CALL, { 'lib/a.ts': '' }).scenario?.files).toEqual(['/project/lib/a.ts'])
    const gone = load(CALL)
    expect(messages(gone)).toEqual(['There is no file "./lib/a.ts".'])
    expect(gone.files).toEqual(['/project/lib/a.ts'])
  })

  test('a module that is no path is left to those who load it', () => {
    expect(load('flow: [{ type: call, name: a, module: "@/lib/a" }]').problems).toEqual([])
  })

  test('in steps inside steps are looked for as well', () => {
    const flow = `flow: [{ type: repeat, name: r, times: 2, steps: [{ type: http, name: a, path: /, expect: { schema: { $ref: ./s.json } } }] }]`
    expect(messages(load(flow))).toEqual(['There is no file "./s.json".'])
    const { scenario } = load(flow, { 's.json': '{ "type": "object" }' })
    expect(scenario?.files.map((file) => basename(file))).toEqual(['s.json'])
    expect(JSON.stringify(scenario?.flows['flow']?.[0]?.nested)).toContain('$defs')
  })

  const UPLOAD = 'flow: [{ type: http, name: a, method: POST, path: /, multipart: { f: { file: ./f.bin } } }]'

  test('that requests carry come into the Plan as they are', () => {
    const { scenario } = load(UPLOAD, { 'f.bin': 'x' })
    if (scenario === undefined) throw new Error('it did not load')
    const bytes = new Uint8Array([0, 255, 10])
    const options = { runId: 'r', seed: 1, env: {} }
    const { plan } = makePlan(scenario, { ...options, readBytes: () => bytes })
    expect(plan?.attachments).toEqual({ './f.bin': Buffer.from(bytes).toString('base64') })
    const large = makePlan(scenario, { ...options, readBytes: () => new Uint8Array(17 * 1024 ** 2) })
    expect(large.problems.map(({ message }) => message)).toEqual(['/project/f.bin has more than 16 MB.'])
    const gone = makePlan(scenario, {
      ...options,
      readBytes: () => {
        throw new Error('ENOENT')
      },
    })
    expect(gone.problems).toMatchObject([{ message: 'The file cannot be read: ENOENT.', place: { line: 3 } }])
  })
})

describe('services', () => {
  test('HTTP/2 needs https, as far as the environment decides', () => {
    const { scenario } = loadScenario('/project/x.scenario.yaml', {
      readFile: () =>
        'id: x\nsut: { services: { api: { base_url: "{{env.URL}}", http2: true, rate_limit_rps: 300 } } }\nflow: [{ type: http, name: a, path: / }]\nagents: 250\n',
    })
    if (scenario === undefined) throw new Error('it did not load')
    const plan = (URL: string): ReturnType<typeof makePlan> => makePlan(scenario, { runId: 'r', seed: 1, env: { URL } })
    expect(plan('http://a.test').problems).toMatchObject([{ code: 'http2', place: { line: 2 } }])
    expect(plan('https://a.test').plan?.services['api']).toMatchObject({
      http2: true,
      connections: 3,
      rateLimit: { ratePerSecond: 300, burst: 3 },
    })
  })
})

describe('the module of a call', () => {
  const call = (module: string, files: Record<string, string>): Loaded =>
    load(`flow: [{ type: call, name: c, module: ${module} }]`, files)

  test.each([
    ['./lib/a.ts', 'lib/a.ts'],
    ['./lib/a', 'lib/a.ts'],
    ['./lib/a.js', 'lib/a.ts'],
    ['./lib/a', 'lib/a.mjs'],
    ['./lib', 'lib/index.ts'],
  ])('%s is %s', (module, file) => {
    const { scenario, problems, files } = call(module, { [file]: '' })
    expect([...(scenario?.warnings ?? problems)]).toEqual([])
    expect(files).toEqual([`/project/${file}`])
  })

  test('is told as it is written when it is not there', () => {
    expect(messages(call('./lib/a', { 'lib/b.ts': '' }))).toEqual(['There is no file "./lib/a".'])
  })

  test('is left to the loader when it is no path', () => {
    expect(messages(call("'@/lib/a'", {}))).toEqual([])
  })
})
