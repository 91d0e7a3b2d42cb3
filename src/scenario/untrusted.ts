// What of a file runs code of the repository, or takes values of the environment: for those who look at a
// change by someone they do not know. Read from the text as it stands: of all profiles, in wrong files, too.
import type { DataPath } from './diagnostic.ts'
import { isMapping } from './reader.ts'
import type { Source } from './source.ts'

const ENVIRONMENT = /\benv(?:\.([A-Za-z_]\w*)|\[\s*["']([^"'\]]*)["']\s*\])/g

/** Notes it as warnings (code) and hints (the environment). */
export function noteUntrusted(source: Source): void {
  look(source.value, [], source)
}

function look(value: unknown, path: DataPath, source: Source): void {
  if (typeof value === 'string') return lookAtText(value, path, source)
  if (Array.isArray(value)) return value.forEach((item, index) => look(item, [...path, index], source))
  if (!isMapping(value)) return
  if (value['type'] === 'call')
    source.add({
      code: 'runs-module',
      severity: 'warning',
      path: [...path, 'type'],
      message: `This step runs a module of the repository: ${said(value['module'])}.`,
      hint: 'Look at that file as at any code.',
    })
  for (const [key, item] of Object.entries(value)) {
    const way = [...path, key]
    if (key === 'start' && path.at(-2) === 'services' && item !== false) lookAtStart(item, way, source)
    look(item, way, source)
  }
}

function lookAtStart(start: unknown, path: DataPath, source: Source): void {
  source.add({
    code: 'runs-command',
    severity: 'warning',
    path,
    atKey: true,
    message: `This service is started by a command: ${said(isMapping(start) ? start['command'] : start)}.`,
    hint: 'It runs with the rights, the files and the environment of the test run.',
  })
}

function lookAtText(text: string, path: DataPath, source: Source): void {
  for (const [, plain, quoted] of text.matchAll(ENVIRONMENT))
    source.add({
      code: 'reads-environment',
      severity: 'hint',
      path,
      message: `The value of the environment variable ${plain ?? quoted} is used here.`,
      hint: 'A request may carry it to whatever service the file names.',
    })
}

function said(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none')
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
