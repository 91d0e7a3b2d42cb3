// Where YAML reads something else than was meant: templates without quotes, thresholds and JSONPaths in
// `[ ]` and `{ }`, a colon without a space. Each has its own message; all other syntax errors have yaml's.
import { isMap, isNode, isScalar, isSeq } from 'yaml'
import type { YAMLError } from 'yaml'
import type { DataPath } from './diagnostic.ts'

interface Said {
  readonly code: string
  readonly message: string
  readonly hint: string
  /** Offset in the text. */
  readonly at: number
}

export interface Trap extends Said {
  readonly path: DataPath
}

/** A template at the beginning of a value, without quotes around it. */
const BARE_TEMPLATE = /(?:^|[:\-[{,])[ \t]+(\{\{[^}]*\}\}[^\s,\]}#]*)/

function unquotedTemplate(template: string, at: number): Said {
  const message = `${template} is read as a mapping, because "{" opens one in YAML.`
  return { code: 'yaml-template', message, hint: `Quote it: "${template.replaceAll('"', "'")}"`, at }
}

/** Undefined for a text: what was saved in UTF-16 has a NUL for every other character. */
export function notText(text: string): Said | undefined {
  const at = text.indexOf('\u0000')
  if (at < 0) return undefined
  const message = 'The file is not a text in UTF-8: it has NUL characters.'
  return { code: 'yaml', message, hint: 'Save it as UTF-8; it may be in UTF-16.', at }
}

/** The patterns below look back and forth; nobody falls into these traps in longer lines. */
const LONGEST_LINE = 500

/** A syntax error in words of ours, where the line shows what was meant. */
export function syntaxProblem(error: YAMLError, text: string): Said {
  const at = error.pos[0]
  const from = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', from)
  const line = text.slice(from, end < 0 ? undefined : end)
  return (
    (line.length > LONGEST_LINE ? undefined : trapInLine(line, from)) ??
    openQuote(error, text) ??
    plainSyntax(error, at)
  )
}

/** A quote that is never closed: yaml notices at the end of the file, people look where it opens. */
function openQuote({ message, pos }: YAMLError, text: string): Said | undefined {
  const [, quote] = /^Missing closing (["'])quote/.exec(message) ?? []
  if (quote === undefined) return undefined
  const opens = quote === '"' ? /(?:^|[\s[{,])"(?:[^"\\]|\\.)*$/ : /(?:^|[\s[{,])'[^']*$/
  let from = 0
  for (const line of text.slice(0, pos[0]).split('\n')) {
    const found = line.length > LONGEST_LINE ? null : opens.exec(line)
    if (found !== null) {
      const message = `The quote ${quote} that opens here is never closed.`
      return {
        code: 'yaml',
        message,
        hint: `Put another ${quote} where the text ends.`,
        at: from + line.indexOf(quote, found.index),
      }
    }
    from += line.length + 1
  }
  return undefined
}

function trapInLine(line: string, from: number): Said | undefined {
  const entry = /^ *-([a-z]\w*:)(?: |$)/i.exec(line)
  if (entry?.[1] !== undefined) {
    const message = `"-${entry[1]}" is read as a key that begins with a dash, not as an entry of a list.`
    return { code: 'yaml', message, hint: `Put a space after the dash: - ${entry[1]}`, at: from + line.indexOf('-') }
  }
  const template = BARE_TEMPLATE.exec(line)
  if (template?.[1] !== undefined)
    return unquotedTemplate(template[1], from + template.index + template[0].length - template[1].length)
  const path = /[[{][^"'#]*?(\$[\w.]*\[[^\]]*\][\w.[\]]*)/.exec(line)
  if (path?.[1] !== undefined) {
    const message = `Inside { } and [ ], the brackets of ${path[1]} have a meaning of their own.`
    return { code: 'yaml-jsonpath', message, hint: `Quote it: "${path[1]}"`, at: from + line.indexOf(path[1]) }
  }
  const threshold = /\[[^"'#]*?([\w.()]+\{[^}]*\}[^,\]]*)/.exec(line)
  if (threshold?.[1] === undefined) return undefined
  const meant = threshold[1].trim()
  const message = `Inside [ ], the braces of ${meant} have a meaning of their own.`
  return {
    code: 'yaml-threshold',
    message,
    hint: `Quote it: "${meant}", or write each on a line of its own after "- ".`,
    at: from + line.indexOf(meant),
  }
}

function plainSyntax({ code, message }: YAMLError, at: number): Said {
  if (code === 'RESOURCE_EXHAUSTION')
    return { code: 'yaml', message: 'The file nests too deep to be read.', hint: 'Write it flatter.', at }
  const reason = message.split('\n', 1)[0] ?? ''
  if (code === 'MULTIPLE_DOCS')
    return {
      code: 'yaml',
      message: 'The file holds more than one document.',
      hint: 'One file is one scenario: remove the line with ---.',
      at,
    }
  const ways: Readonly<Record<string, string>> = {
    TAB_AS_INDENT: 'Indent with spaces.',
    BLOCK_AS_IMPLICIT_KEY: 'A value with ": " in it needs quotes around it.',
    BAD_SCALAR_START: 'A value that begins with this character needs quotes around it.',
    BAD_INDENT: 'Keys of one mapping begin in the same column; brackets and quotes must be closed.',
  }
  return {
    code: 'yaml',
    message: `This is not YAML: ${reason}.`,
    hint: ways[code] ?? 'Look at the quotes, brackets and indentation here.',
    at,
  }
}

/** Keys that stand twice in one mapping; yaml itself would hold every key against all others. */
export function findDuplicates(node: unknown): Said[] {
  if (isSeq(node)) return node.items.flatMap(findDuplicates)
  if (!isMap(node)) return []
  const seen = new Set<unknown>()
  return node.items.flatMap(({ key, value }) => {
    const name: unknown = isScalar(key) ? key.value : key
    const isAgain = seen.has(name)
    seen.add(name)
    if (!isAgain) return findDuplicates(value)
    const message = `"${String(name)}" stands here twice.`
    const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0
    return [
      { code: 'yaml-duplicate', message, hint: 'Remove one of them, or rename it.', at },
      ...findDuplicates(value),
    ]
  })
}

/** What parses, but not as it was meant. */
export function findTraps(node: unknown, text: string, path: DataPath = []): Trap[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => findTraps(item, text, [...path, index]))
  if (!isMap(node)) return []
  const [first] = node.items
  if (node.flow === true && isMap(first?.key) && node.range) {
    const template = text.slice(node.range[0], node.range[1])
    return [{ ...unquotedTemplate(template, node.range[0]), path }]
  }
  return node.items.flatMap((pair): Trap[] => {
    if (!isScalar(pair.key)) return []
    const key = String(pair.key.value)
    const at = pair.key.range?.[0] ?? 0
    const isPlain = pair.key.type === 'PLAIN'
    const isAlone = !isNode(pair.value) || (isScalar(pair.value) && pair.value.value === null)
    if (isPlain && node.flow === true && isAlone && /^[\w.-]+:\S/.test(key))
      return [
        {
          code: 'yaml-colon',
          message: `"${key}" is read as one key without a value.`,
          hint: `Put a space after the colon: ${key.replace(':', ': ')}`,
          at,
          path,
        },
      ]
    if (isPlain && /^[\w.()]+\{[^}]*$/.test(key))
      return [
        {
          code: 'yaml-threshold',
          message: `"${key}: …" is read as a key and a value.`,
          hint: 'Write labels without a space after the colon, or quote the whole threshold.',
          at,
          path,
        },
      ]
    return findTraps(pair.value, text, [...path, key])
  })
}
