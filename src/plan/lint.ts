// What is suspicious about how much a scenario does: thresholds without enough samples, limits that
// limit nothing or too much. What is wrong in its texts is found when it is loaded (scenario/).
import type { Place, Problem, Severity } from '../errors.ts'
import { burstWarning } from '../limits/burst.ts'
import type { PlacedThreshold, Scenario } from '../scenario/scenario.ts'
import { formatCount, formatMs, formatRate, plural } from '../units.ts'
import { shortestRun } from './duration.ts'
import { expectedSteps } from './expected.ts'
import { lintSimulation } from './lint-simulation.ts'
import { tooFewSamples } from './too-few-samples.ts'

/** Warnings and hints; none of them keeps the scenario from running. */
export function lint(scenario: Scenario): Problem[] {
  const ofThreshold = (placed: PlacedThreshold, path: string, group?: string): readonly Problem[] => [
    ...samples(scenario, placed, path, group),
    ...neverDropped(scenario, placed, path, group),
  ]
  return [
    ...scenario.thresholds.flatMap((placed, index) => ofThreshold(placed, `thresholds[${index}]`)),
    ...scenario.groups.flatMap(({ name, thresholds }) =>
      thresholds.flatMap((placed, index) => ofThreshold(placed, `agents.${name}.thresholds[${index}]`, name)),
    ),
    ...tooManySteps(scenario),
    ...burst(scenario),
    ...concurrency(scenario),
    ...connections(scenario),
    ...duration(scenario),
    ...lintSimulation(scenario),
  ]
}

function samples(
  scenario: Scenario,
  { threshold, place }: PlacedThreshold,
  path: string,
  group?: string,
): readonly Problem[] {
  const finding = tooFewSamples(scenario, threshold, group)
  if (finding === undefined) return []
  const { message, hint = '' } = finding
  return [found('too-few-samples', 'warning', path, place, message, hint)]
}

/** Only what is due at a time of its own can come too late. */
function neverDropped(
  { groups }: Scenario,
  { threshold, place }: PlacedThreshold,
  path: string,
  group?: string,
): readonly Problem[] {
  const { metric, labels } = threshold.selector
  const those = groups.filter(
    ({ name }) => [undefined, name].includes(group) && [undefined, name].includes(labels['group']),
  )
  if (metric !== 'dropped' || those.some(({ workload }) => workload.kind === 'rate')) return []
  const message = `"${threshold.expression}" always comes to the same: nothing can be dropped here.`
  const hint = 'Only a workload with a rate drops iterations: workload: { rate: 50/s, duration: 30s }.'
  return [found('always-holds', 'warning', path, place, message, hint)]
}

/** Every step that runs counts; the one after the last that may fails. */
function tooManySteps({ flows, groups, maxSteps }: Scenario): readonly Problem[] {
  return Object.entries(flows).flatMap(([name, steps]) => {
    if (!groups.some(({ flow }) => flow === name)) return []
    let count = 0
    for (const { placed, runs } of expectedSteps(steps)) {
      count += runs.least
      if (count <= maxSteps) continue
      const message = `The step "${placed.step.name}" can never run: it comes after ${plural(maxSteps, 'step')}, and max_steps is ${formatCount(maxSteps)}.`
      return [found('never-runs', 'warning', placed.path, placed.place, message, 'Give a higher max_steps.')]
    }
    return []
  })
}

function burst(scenario: Scenario): readonly Problem[] {
  const { rateLimitRps, burst: given } = scenario.limits
  return [
    ...smallBurst(rateLimitRps, given, 'limits.burst', placeOf(scenario, 'limits.burst')),
    ...Object.entries(scenario.services).flatMap(([name, { rateLimit, place }]) =>
      smallBurst(rateLimit?.ratePerSecond, rateLimit?.burst, `services.${name}.burst`, place),
    ),
  ]
}

function smallBurst(
  ratePerSecond: number | undefined,
  given: number | undefined,
  path: string,
  place: Place,
): readonly Problem[] {
  if (ratePerSecond === undefined || given === undefined) return []
  const warning = burstWarning(ratePerSecond, given)
  if (warning === undefined) return []
  const [message = '', hint = ''] = warning.split(/(?<=\.) (?=Give )/)
  return [found('small-burst', 'warning', path, place, message, hint)]
}

function concurrency(scenario: Scenario): readonly Problem[] {
  const { maxConcurrentAgents: most } = scenario.simulation
  const agents = scenario.groups.reduce((sum, { count }) => sum + count, 0)
  const path = 'simulation.max_concurrent_agents'
  const place = placeOf(scenario, path)
  // A preset's is for whoever has more agents.
  if (most === undefined || most <= agents || place.file !== scenario.file) return []
  const message = `max_concurrent_agents is ${formatCount(most)}, but there ${agents === 1 ? 'is' : 'are'} only ${plural(agents, 'agent')}.`
  return [found('idle-limit', 'hint', path, place, message, 'Leave it out: it limits nothing.')]
}

function connections(scenario: Scenario): readonly Problem[] {
  const atOnce = (service: string): number => {
    const agents = scenario.groups
      .filter(({ flow }) => expectedSteps(scenario.flows[flow] ?? []).some(({ placed }) => uses(placed.step, service)))
      .reduce((sum, { count }) => sum + count, 0)
    return Math.min(agents, scenario.simulation.maxConcurrentAgents ?? agents)
  }
  return Object.entries(scenario.services).flatMap(([name, { connections: given, http2, place }]) => {
    // With HTTP/2 one connection carries many requests.
    const agents = given === undefined || http2 === true ? 0 : atOnce(name)
    if (given === undefined || given >= agents) return []
    const message = `"${name}" has ${plural(given, 'connection')} for ${plural(agents, 'agent')} at once.`
    const hint = 'The others wait for one, which counts as wait_connection, not as latency.'
    return [found('few-connections', 'hint', `services.${name}.connections`, place, message, hint)]
  })
}

function uses(step: object, service: string): boolean {
  return 'service' in step && step.service === service
}

function duration(scenario: Scenario): readonly Problem[] {
  const { maxDurationMs, cycles } = scenario.simulation
  const { ms, because, ratePerSecond } = shortestRun(scenario)
  if (maxDurationMs === undefined || ms <= maxDurationMs) return []
  const path = 'simulation.max_duration'
  const reason = ratePerSecond === undefined ? `the ${because}` : `the ${because} of ${formatRate(ratePerSecond)}`
  const take = cycles === 1 ? 'takes' : 'take'
  const message = `max_duration stops the run before its end: ${plural(cycles, 'cycle')} ${take} at least ${formatMs(ms)} because of ${reason}.`
  const hint = `Write at least max_duration: ${Math.ceil(ms / 1000)}s, or plan less.`
  return [found('max-duration', 'warning', path, placeOf(scenario, path), message, hint)]
}

function placeOf({ places, file }: Scenario, path: string): Place {
  return places[path] ?? { file, line: 1, column: 1 }
}

function found(code: string, severity: Severity, path: string, place: Place, message: string, hint: string): Problem {
  return { code, severity, path, place, message, hint }
}
