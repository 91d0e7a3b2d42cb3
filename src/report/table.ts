// Rows of pieces in aligned columns: names to the left, numbers to the right.
import { type Line, type Piece, pieceWidth, shortened } from './paint.ts'

export type Align = 'left' | 'right'

const GAP = '  '

/** A name that is cut further says nothing. */
const SHORTEST_NAME = 16

/** Missing pieces at the end of a row are empty. Where it is wider than `columns`, names give way: numbers are never cut. */
export function table(rows: readonly Line[], align: readonly Align[], columns: number = Infinity): Line[] {
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => pieceWidth(row[column] ?? ''))))
  const [names = 0] = widths
  const excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns
  if (excess > 0) widths[0] = Math.min(names, Math.max(SHORTEST_NAME, names - excess))
  return rows.map((row) =>
    align.flatMap((side, column): Piece[] => {
      const width = widths[column] ?? 0
      const piece = column === 0 ? shortened(row[column] ?? '', width) : (row[column] ?? '')
      const padding = ' '.repeat(width - pieceWidth(piece))
      const padded = side === 'left' ? [piece, padding] : [padding, piece]
      return column === 0 ? padded : [GAP, ...padded]
    }),
  )
}
