// What people write a scenario in TypeScript with.
import type { ScenarioInput } from './input/scenario.ts'

/**
 * A scenario in a file `*.scenario.ts`: the same keys as in YAML, checked by TypeScript while it is written.
 *
 * @example
 * export default defineScenario({
 *   id: 'checkout',
 *   sut: './shop.sut.yaml',
 *   flow: [{ type: 'http', name: 'products', path: '/products' }],
 * })
 */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario
}
