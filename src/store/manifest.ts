// What is written before the first request: the Plan and the surroundings, so that a run that was cut
// short can still be understood and run again. Values of the environment are never in it.
import type { Plan } from '../plan/plan.ts'
import { planRedactor } from '../plan/secrets.ts'
import { environmentRedactor } from '../redact.ts'
import type { Redactor } from '../redact.ts'
import type { RunRecord } from './record.ts'

export interface Manifest {
  readonly version: 1
  readonly runId: string
  readonly seed: number
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly overrides: readonly string[]
  readonly machine: RunRecord['machine']
  readonly versions: RunRecord['versions']
  readonly plan: Omit<Plan, 'env' | 'tables'>
  /** Names of the environment variables that the plan uses. */
  readonly env: readonly string[]
}

export function manifestOf(plan: Plan, surroundings: Pick<RunRecord, 'startedAt' | 'machine' | 'versions'>): Manifest {
  const { env, services, start, tables: _, flows, groups, setup, onResume, teardown, ...others } = plan
  const { variation, attachments, ...rest } = others
  const redactor = planRedactor(plan)
  const written = <T>(part: T): T => redactor.value(part) as T
  const { startedAt, machine, versions } = surroundings
  return {
    version: 1,
    runId: plan.runId,
    seed: plan.seed,
    startedAt,
    overrides: plan.overrides,
    machine,
    versions,
    plan: {
      ...rest,
      flows: written(flows),
      groups: written(groups),
      setup: written(setup),
      onResume: written(onResume),
      teardown: written(teardown),
      ...(variation !== undefined && { variation: written(variation) }),
      attachments: mapped(attachments, () => ''),
      services: withoutSecrets(services, redactor),
      start: startWithoutSecrets(start, env),
    },
    env: Object.keys(env).sort(),
  }
}

/** Base URLs were made with the environment, and keys read from files; everything else in a plan is still a template. */
function withoutSecrets(services: Plan['services'], redactor: Redactor): Plan['services'] {
  return mapped(services, ({ tls: _, ...service }) => ({
    ...service,
    headers: mapped(service.headers, (value, name) => (value.includes('{{') ? value : redactor.header(name, value))),
    baseUrl: redactor.url(service.baseUrl),
  }))
}

function mapped<T>(of: Readonly<Record<string, T>>, change: (value: T, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]))
}

/** What a command is given may be a password, as text or from the environment. */
function startWithoutSecrets(start: Plan['start'], env: Plan['env']): Plan['start'] {
  return start.map((each) => {
    const redactor = environmentRedactor({ ...env, ...each.env })
    const given = Object.entries(each.env).map(([name, value]) => [name, redactor.text(value)])
    const command = typeof each.command === 'string' ? redactor.text(each.command) : each.command.map(redactor.text)
    return { ...each, command, env: Object.fromEntries(given), baseUrl: redactor.url(each.baseUrl) }
  })
}
