// Rows of pieces in aligned columns: names to the left, numbers to the right.
import { type Line, type Piece, pieceWidth } from './paint.ts'

export type Align = 'left' | 'right'

const GAP = '  '

/** Missing pieces at the end of a row are empty. */
export function table(rows: readonly Line[], align: readonly Align[]): Line[] {
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => pieceWidth(row[column] ?? ''))))
  return rows.map((row) =>
    align.flatMap((side, column): Piece[] => {
      const piece = row[column] ?? ''
      const padding = ' '.repeat((widths[column] ?? 0) - pieceWidth(piece))
      const padded = side === 'left' ? [piece, padding] : [padding, piece]
      return column === 0 ? padded : [GAP, ...padded]
    }),
  )
}
