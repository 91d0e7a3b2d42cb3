// Makes any text safe to show: what services and files contain may hold terminal escapes, control
// characters and broken Unicode. Every report goes through here; formats add their own quoting.
import { stripVTControlCharacters } from 'node:util'

/** Nearly every text of a report, and there may be hundreds of thousands. */
const HARMLESS = /^[\t\n\x20-\x7e]*$/

/** No escapes, no control characters but line feed and tab, well-formed Unicode, no orders to a CI service. Idempotent. */
export function cleanText(text: string): string {
  if (HARMLESS.test(text) && !text.includes('##') && !text.includes('::')) return text
  const legible = stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
  return withoutOrders(legible)
}

/** CI services obey lines of a log: `::error …::`, `##vso[…]`, `##teamcity[…]`. An answer of a service must not give them. */
function withoutOrders(text: string): string {
  return text.replace(/##(?=[a-z]*\[)/gi, '# #').replace(/^([^\S\n]*)::(?=[a-z][\w-]*[^\n]*::)/gim, '$1: :')
}

/** `cleanText` on one line: any run of white space is one space. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

/** `cleanText` of a command, on one line: blanks stay as many as they are, because a path may hold them. */
export function commandText(text: string): string {
  return cleanText(text).replace(/[\n\t]/g, ' ')
}

/** At most so many characters, with `…` in place of the rest. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${head(text, Math.max(0, most - 1))}…`
}

/** At most so many characters: head and tail, with a line between them that says how much is missing. */
export function clipMiddle(text: string, most: number): string {
  if (text.length <= most) return text
  const room = Math.max(0, most - 40)
  const first = head(text, Math.ceil(room * 0.75))
  const last = tail(text, Math.floor(room * 0.25))
  return `${first}\n… ${text.length - first.length - last.length} characters left out …\n${last}`
}

/** How many columns a terminal gives the text: wide East Asian characters and emoji take two, marks none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) continue
    width +=
      /^[\p{Emoji_Presentation}\p{Ideographic}\p{sc=Hangul}\p{sc=Hira}\p{sc=Kana}\u3001-\u303e\uff01-\uff60]$/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

function head(text: string, length: number): string {
  const cut = text.slice(0, length)
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}

function tail(text: string, length: number): string {
  const cut = length === 0 ? '' : text.slice(-length)
  return /^[\udc00-\udfff]/.test(cut) ? cut.slice(1) : cut
}
