// Foreign text in Markdown: always as a code span, the one place in which no reader of Markdown
// looks for mentions, links, HTML, emoji or formulas.
import { clip, commandText, oneLine } from './clean-text.ts'

const MOST_CODE = 300

/** Safe in a sentence and in a table cell; empty text gives an empty text. */
export function code(from: string, most: number = MOST_CODE): string {
  // A bar ends a table cell, in code as well; a backslash before it would undo its escape.
  const text = clip(oneLine(from), most)
    .replaceAll(/\\(?=\|)/g, '\\ ')
    .replaceAll('|', '\\|')
  if (text === '') return ''
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}

/** A block of lines, to be copied. */
export function codeBlock(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, ...lines.map(commandText), fence]
}

export type Column = 'left' | 'right'

/** Cells must be safe already. */
export function markdownTable(
  head: readonly string[],
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = columns.map((column) => (column === 'left' ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)]
}
