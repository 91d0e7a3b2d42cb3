// Words that YAML 1.1, which Turbulence read, takes for something else than YAML 1.2 does: `yes` was true there,
// and is text here, sent as text.
import { isPair, isScalar, isSeq, parseDocument, Scalar, visit } from 'yaml'
import type { Finding } from '../source.ts'
import type { DataPath } from '../diagnostic.ts'

interface Word {
  readonly was: string
  readonly instead: string
}

const TRUE = /^(?:yes|Yes|YES|on|On|ON)$/
const FALSE = /^(?:no|No|NO|off|Off|OFF)$/
const OCTAL = /^[-+]?0[0-7]+$/
const SIXTIES = /^[-+]?\d+(?::[0-5]?\d)+$/
const GROUPED = /^[-+]?\d[\d_]*_[\d_]*$/

function wordIn(text: string): Word | undefined {
  if (TRUE.test(text)) return { was: 'true', instead: 'true' }
  if (FALSE.test(text)) return { was: 'false', instead: 'false' }
  if (OCTAL.test(text))
    return { was: `the octal number ${Number.parseInt(text, 8)}`, instead: String(Number.parseInt(text, 8)) }
  if (GROUPED.test(text)) return { was: 'a number', instead: text.replaceAll('_', '') }
  if (!SIXTIES.test(text)) return undefined
  const number = text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return { was: `the number ${number} (base 60)`, instead: String(number) }
}

export function changedWords(text: string): Finding[] {
  const found: Finding[] = []
  visit(parseDocument(text, { logLevel: 'silent' }), {
    Scalar(key, node, ancestors) {
      const word = key === 'key' || node.type !== Scalar.PLAIN ? undefined : wordIn(node.source ?? '')
      if (word === undefined) return
      found.push({
        code: 'yaml-word',
        severity: 'warning',
        path: pathOf([...ancestors, node]),
        message: `Turbulence read ${node.source} as ${word.was}; it is ${typeof node.value === 'number' ? `the number ${node.value}` : 'text'} here.`,
        hint: `Write ${word.instead}, or quote it if text was meant: "${node.source}"`,
      })
    },
  })
  return found
}

/** By the keys of pairs and the positions in lists. */
function pathOf(nodes: readonly unknown[]): DataPath {
  return nodes.flatMap((node, index): (string | number)[] => {
    if (isSeq(node)) return [node.items.indexOf(nodes[index + 1])]
    return isPair(node) && isScalar(node.key) ? [String(node.key.value)] : []
  })
}
