// Reads what GitHub's Markdown makes of one table row and of one code span: enough to see that foreign
// text stays where it was put. Cells end at a bar that no backslash escapes, in code as well.

/** The cells of a row, without the escapes of bars. */
export function readCells(row: string): string[] {
  const cells: string[] = []
  let cell = ''
  for (let i = 0; i < row.length; i++) {
    const character = row.charAt(i)
    if (character === '\\' && i + 1 < row.length) {
      const next = row.charAt(++i)
      cell += next === '|' ? '|' : `\\${next}`
    } else if (character === '|') {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  if (cell.trim() !== '') cells.push(cell.trim())
  return cells.slice(1)
}

/** What is inside when the whole text is one code span, else undefined. */
export function readCode(text: string): string | undefined {
  const [fence = ''] = /^`+/.exec(text) ?? []
  if (fence === '') return undefined
  const end = [...text.matchAll(/`+/g)].find(({ 0: ticks, index }) => index > 0 && ticks === fence)
  if (end === undefined || end.index + fence.length !== text.length) return undefined
  return text.slice(fence.length, end.index)
}
