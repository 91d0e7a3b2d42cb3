// The files that steps name: modules of `call`, files in `multipart`, schemas. Each is looked for where
// its step stands; schemas are put together with the files they refer to.
import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, isAbsolute, resolve } from 'node:path'
import { shown } from '../actions/failure.ts'
import { wrongSchema } from '../actions/json-schema.ts'
import type { JsonSchema } from '../actions/json-schema.ts'
import type { DataPath } from './diagnostic.ts'
import type { Reading } from './named-file.ts'
import { readNamed } from './named-file.ts'
import type { ReadStep } from './reader.ts'
import type { Attachment } from './scenario.ts'
import { bundleSchema } from './schema-files.ts'
import type { Source } from './source.ts'
import type { SutFile } from './sut.ts'

/** `node:`, `data:`, `file:`, `https:` … but no drive of Windows. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i

/** In the order in which Vite tries them. */
const ENDINGS = ['.mjs', '.js', '.mts', '.ts', '.jsx', '.tsx', '.cts', '/index.js', '/index.ts']

export class FileCheck {
  /** Absolute paths of all that was named, whether it is there or not. */
  readonly files: Set<string> = new Set()
  readonly attachments: Attachment[] = []
  readonly #source: Source
  readonly #reading: Reading

  constructor(source: Source, reading: Reading) {
    this.#source = source
    this.#reading = reading
  }

  /** The step with its schema in one piece; the steps inside it are not looked at. */
  step(read: ReadStep): ReadStep {
    if (!read.isRight) return read
    const { step, at } = read
    if (step.type === 'http') this.#parts(step.multipart ?? {}, [...at, 'multipart'])
    if (step.type === 'call') this.#module(step.module, [...at, 'module'])
    if (!('expect' in step) || step.expect?.schema === undefined) return read
    const schema = this.#schema(step.expect.schema, [...at, 'expect', 'schema'])
    return { ...read, step: { ...step, expect: { ...step.expect, schema } } }
  }

  /** A file of the SUT. */
  named({ given, folder, path: at }: SutFile): void {
    const { path, wrong } = readNamed(given, folder, 'file', this.#reading)
    if (path !== undefined) this.files.add(path)
    if (wrong !== undefined) this.#source.add({ path: at, ...wrong })
  }

  /** What is no path is resolved as in the project's own code: a package, an alias. */
  #module(given: string, at: DataPath): void {
    if (given.startsWith('.')) this.#read(this.#found(given, at), at)
    else if (isAbsolute(given) && existsSync(given)) this.#read(given, at)
    else if (SCHEME.test(given) || given.startsWith('/@') || /(^|[\\/])\.\.([\\/]|$)/.test(given) || isBuiltin(given))
      this.#source.add({
        code: 'outside-root',
        path: at,
        message: `${shown(given)} is no module of the project.`,
        hint: 'Write a path to a file of yours, the name of a package, or an alias of your Vite config.',
      })
  }

  /** Loaders find `./basket.ts` by `./basket` and by `./basket.js`, too. */
  #found(given: string, at: DataPath): string {
    const folder = this.#folder(at)
    const stem = given.replace(/\.[cm]?js$/, '')
    const names = [given, ...ENDINGS.flatMap((ending) => (stem === given ? [given + ending] : [stem + ending]))]
    return names.find((name) => readNamed(name, folder, 'file', this.#reading).wrong === undefined) ?? given
  }

  #parts(parts: Readonly<Record<string, unknown>>, at: DataPath): void {
    for (const [name, given] of Object.entries(parts)) {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given]
      for (const [index, part] of list.entries()) {
        if (typeof part !== 'object' || part === null || !('file' in part) || typeof part.file !== 'string') continue
        const path = [...at, name, ...(Array.isArray(given) ? [index] : []), 'file']
        const file = this.#read(part.file, path)
        if (file !== undefined) this.attachments.push({ name: part.file, file, place: this.#source.place(path) })
      }
    }
  }

  #read(given: string, at: DataPath): string | undefined {
    const { path, wrong } = readNamed(given, this.#folder(at), 'file', this.#reading)
    if (path !== undefined) this.files.add(path)
    if (wrong === undefined) return path
    this.#source.add({ path: at, ...wrong })
    return undefined
  }

  #schema(schema: JsonSchema, at: DataPath): JsonSchema {
    const { schema: whole, files, wrong } = bundleSchema(schema, this.#folder(at), this.#reading)
    for (const file of files) this.files.add(file)
    if (wrong !== undefined) {
      this.#source.add({ path: at, ...wrong })
      return schema
    }
    const fault = wrongSchema(whole)
    if (fault !== undefined)
      this.#source.add({
        code: 'json-schema',
        path: at,
        message: `This is not a JSON Schema: ${fault}.`,
        hint: 'JSON Schema 2020-12, inline or $ref: ./order.schema.json; remote schemas are not fetched.',
      })
    return whole
  }

  #folder(at: DataPath): string {
    return resolve(dirname(this.#source.place(at).file))
  }
}
