// A Plan as those may see it who only tell of it: without the environment, keys and the contents of files.
import type { Plan } from './plan.ts'

export function publicPlan(plan: Plan): Plan {
  const services = Object.entries(plan.services).map(([name, { tls: _, ...service }]) => [name, service] as const)
  return { ...plan, env: {}, tables: {}, attachments: {}, services: Object.fromEntries(services) }
}
