// Conditions of Turbulence were Python, here they are CEL: tells one from the other, and what the same would be.
import { PYTHON_FUNCTIONS, PYTHON_METHODS } from './calls.ts'
import { toCel } from './cel.ts'
import { parsePython } from './parse.ts'
import { PythonError, tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'

const WORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'is',
  'True',
  'False',
  'None',
  'lambda',
  'for',
  'if',
  'else',
])

/** Longer conditions are refused anyway. */
const LONGEST = 2000

export interface PythonFound {
  /** Where what is Python stands. */
  readonly at: number
  /** The same in CEL; undefined when there is none that can be worked out. */
  readonly cel?: string
  /** Why there is none. */
  readonly because?: string
}

/**
 * Undefined when nothing in it is Python.
 * @param hasContext `context` is a name of the scenario, and not Turbulence's
 */
export function pythonIn(source: string, hasContext = false): PythonFound | undefined {
  const at = source.length > LONGEST ? undefined : firstSign(source, hasContext)
  if (at === undefined) return undefined
  try {
    return { at, cel: toCel(parsePython(source)).text }
  } catch (error) {
    if (error instanceof PythonError) return { at, because: error.message }
    throw error
  }
}

function firstSign(source: string, hasContext: boolean): number | undefined {
  try {
    const tokens = tokensOf(source)
    let comment = 0
    return tokens.find((token, index) => {
      // In CEL that begins a comment.
      if (token.at >= comment && token.kind === 'sign' && token.text === '//') comment = lineEnd(source, token.at)
      return token.at >= comment && isPython(tokens, token, index, hasContext)
    })?.at
  } catch (error) {
    if (error instanceof PythonError) return undefined
    throw error
  }
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at)
  return end < 0 ? source.length : end
}

/** `','.join(list)`: CEL has it the other way round. */
function isJoin(tokens: readonly Token[], name: string, index: number): boolean {
  return name === 'join' && tokens[index - 2]?.kind === 'text'
}

function isPython(tokens: readonly Token[], { kind, text }: Token, index: number, hasContext: boolean): boolean {
  if (kind === 'f-text') return true
  if (kind === 'sign') return text === '**'
  if (kind !== 'name') return false
  const [before, after] = [tokens[index - 1]?.text, tokens[index + 1]?.text]
  if (before === '.') return after === '(' && (PYTHON_METHODS.has(text) || isJoin(tokens, text, index))
  if (text === 'context' && !hasContext) return after === '[' || after === '.'
  return WORDS.has(text) || (after === '(' && PYTHON_FUNCTIONS.has(text))
}
