// The files that a run needs, read once: what requests carry, and what TLS is spoken with. They were
// there when the scenario was loaded; one that is gone since is a problem where it is named.
import type { TlsPlan } from '../actions/action.ts'
import type { Place, Problem } from '../errors.ts'
import type { Scenario, ServiceSpec } from '../scenario/scenario.ts'

export type ReadBytes = (path: string) => Uint8Array

const MOST_BYTES = 16 * 1024 ** 2

/** Of all files that requests carry, in base64, by path as written. */
export function readAttachments(scenario: Scenario, read: ReadBytes, problems: Problem[]): Record<string, string> {
  const contents: Record<string, string> = {}
  for (const { name, file, place } of scenario.attachments) {
    const bytes = readOne(file, place, read, problems)
    if (bytes !== undefined) contents[name] = Buffer.from(bytes).toString('base64')
  }
  return contents
}

export function readTls({ tls }: ServiceSpec, read: ReadBytes, problems: Problem[]): TlsPlan | undefined {
  if (tls === undefined) return undefined
  const textOf = (file: string | undefined): string | undefined => {
    const bytes = file === undefined ? undefined : readOne(file, tls.place, read, problems)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  }
  const [ca, cert, key] = [textOf(tls.ca), textOf(tls.cert), textOf(tls.key)]
  return {
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

function readOne(file: string, place: Place, read: ReadBytes, problems: Problem[]): Uint8Array | undefined {
  const problem = (message: string, hint: string): undefined => {
    problems.push({ code: 'file', severity: 'error', path: '', place, message, hint })
  }
  try {
    const bytes = read(file)
    if (bytes.length <= MOST_BYTES) return bytes
    return problem(
      `${file} has more than ${MOST_BYTES / 1024 ** 2} MB.`,
      'It is kept in memory during the run: take a smaller one.',
    )
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return problem(`The file cannot be read: ${why}.`, 'It was there when the scenario was loaded.')
  }
}
