// Colour as an argument: lines are made of marked pieces, measured and cut without escapes, and only
// then painted. Who prints decides whether there is colour.
import { styleText } from 'node:util'
import { cleanText, displayWidth } from './clean-text.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

/** Colours whatever the output is; for a terminal only. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** A stretch of text in one style, or in none. */
export type Piece = string | { readonly text: string; readonly style: Style }

export type Line = readonly Piece[]

/** One line of text, never wider than `columns`; what is cut off ends in `…`. */
export function paintLine(line: Line, paint: Paint, columns: number = Infinity): string {
  const total = line.reduce((sum, piece) => sum + displayWidth(textOf(piece)), 0)
  let room = total <= columns ? Infinity : columns - 1
  let painted = ''
  for (const piece of line) {
    const text = fit(textOf(piece), room)
    room -= displayWidth(text)
    if (text !== '') painted += typeof piece === 'string' ? text : paint(piece.style, text)
    if (text !== textOf(piece)) break
  }
  return (total <= columns ? painted : `${painted}…`).trimEnd()
}

/** With `…` in its middle where it is wider than `columns`: names differ at both ends. */
export function shortened(piece: Piece, columns: number): Piece {
  const text = textOf(piece)
  if (displayWidth(text) <= columns) return piece
  const reversed = Array.from(text).toReversed().join('')
  const end = Array.from(fit(reversed, Math.floor((columns - 1) / 2)))
    .toReversed()
    .join('')
  const short = `${fit(text, Math.ceil((columns - 1) / 2))}…${end}`
  return typeof piece === 'string' ? short : { ...piece, text: short }
}

export function pieceWidth(piece: Piece): number {
  return displayWidth(textOf(piece))
}

function textOf(piece: Piece): string {
  return cleanText(typeof piece === 'string' ? piece : piece.text).replace(/[\n\t]/g, ' ')
}

function fit(text: string, room: number): string {
  if (displayWidth(text) <= room) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += displayWidth(character)
    if (width > room) break
    kept += character
  }
  return kept
}
