// Bodies as browsers send forms: `form` (URL-encoded pairs) and `multipart` (fields and files, between
// lines that hold a boundary drawn from the step's stream). Files were read when the Plan was made.
import { z } from 'zod'
import { spend } from '../effort.ts'
import type { Names, Tools } from './action.ts'
import { shown } from './failure.ts'
import { scalar } from './fields.ts'
import { jsonText } from './json-text.ts'
import type { Pairs, Scalar } from './request-keys.ts'

/** A part that is a file beside the scenario. */
export interface FilePart {
  readonly file: string
  readonly filename?: string | undefined
  readonly content_type?: string | undefined
}

type Part = Scalar | FilePart

export type Multipart = Readonly<Record<string, Part | readonly Part[]>>

/** A body, and the content type that belongs to it alone. */
export interface Body {
  readonly content: string | Uint8Array
  readonly contentType: string
}

const isFixed = (text: string): boolean => !text.includes('{{')

const filePart: z.ZodType<FilePart> = z.strictObject({
  file: z
    .string()
    .min(1)
    .refine(isFixed, {
      error: ({ input }) => `${shown(input)} holds a template, and a file is fixed.\nIt is read before the run.`,
    })
    .meta({ title: 'path', description: 'Relative to the scenario file.' }),
  filename: z.string().optional().meta({ description: 'The name that is sent.', unset: "the file's" }),
  content_type: z.string().optional().meta({ description: 'Of this part.', unset: '`application/octet-stream`' }),
})
const part: z.ZodType<Part> = z.union([scalar, filePart], {
  error: ({ input }) => `${shown(input)} is no part of a form.\nWrite a text, a number, or { file: ./photo.png }.`,
})

export const multipartSchema: z.ZodType<Multipart> = z.record(z.string().min(1), z.union([part, z.array(part)]))

const isFile = (given: Part): given is FilePart => typeof given === 'object'

const LONE_SURROGATE = /\p{Surrogate}/gu

export function compileForm(form: Pairs, tools: Tools): (names: Names) => string {
  const value = tools.value(form)
  return (names) => {
    const pairs = new URLSearchParams()
    for (const [name, given] of Object.entries(value(names) as Readonly<Record<string, unknown>>))
      for (const one of [given].flat()) if (one !== null && one !== undefined) pairs.append(name, printed(one))
    return pairs.toString()
  }
}

function printed(value: unknown): string {
  const text = typeof value === 'object' ? jsonText(value) : String(value as Scalar)
  // Twice: it is put together, and encoded.
  spend(text.length / 2)
  return text
}

export function compileMultipart(multipart: Multipart, tools: Tools): (names: Names) => Body {
  const parts = Object.entries(multipart).flatMap(([name, given]) =>
    [given].flat().map((one: Part) => compilePart(name, one, tools)),
  )
  return (names) => {
    const boundary = `turbulence-${names.random().uuid().replaceAll('-', '')}`
    const chunks = parts.flatMap((make) => [`--${boundary}\r\n`, ...make(names), '\r\n'])
    const all = [...chunks, `--${boundary}--\r\n`]
    const contentType = `multipart/form-data; boundary=${boundary}`
    if (all.every((chunk) => typeof chunk === 'string')) return { content: all.join(''), contentType }
    const bytes = all.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk))
    return { content: Buffer.concat(bytes), contentType }
  }
}

/** Head and content of one part. */
type MakePart = (names: Names) => (string | Uint8Array)[]

function compilePart(name: string, given: Part, tools: Tools): MakePart {
  const head = `Content-Disposition: form-data; name="${quoted(name)}"`
  if (!isFile(given)) {
    const text = tools.value(given)
    return (names) => [`${head}\r\n\r\n`, printed(text(names)).replace(LONE_SURROGATE, '\ufffd')]
  }
  const { file, filename = file.split(/[\\/]/).at(-1) ?? file, content_type: type = 'application/octet-stream' } = given
  const whole = `${head}; filename="${quoted(filename)}"\r\nContent-Type: ${type}\r\n\r\n`
  const bytes = tools.file(file)
  return () => [whole, bytes]
}

/** As the standard for forms in browsers has it. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
