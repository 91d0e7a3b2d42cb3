// What is said of a condition in Python: the same in CEL, tried before it is recommended.
import { conditionNames } from './condition.ts'
import type { PythonFound } from './python/index.ts'
import { LanguageError } from './template-syntax.ts'

interface Said {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export function saidOfPython({ cel, because }: PythonFound): Said {
  const wrong = cel === undefined ? because : wrongIn(cel)
  const hint =
    cel === undefined || wrong !== undefined
      ? `It has no form in CEL that is known (${wrong ?? 'it is too odd'}). Extract the value with a JSONPath, and compare that.`
      : `Write: ${cel}`
  return { code: 'python', message: 'This is a Python expression; conditions are CEL.', hint }
}

function wrongIn(cel: string): string | undefined {
  try {
    conditionNames(cel)
    return undefined
  } catch (error) {
    if (error instanceof LanguageError) return error.message.replace(/\.$/, '')
    throw error
  }
}
