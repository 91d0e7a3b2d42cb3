// Load runs after all other tests, and alone: a unit test beside it would be measured as the service's
// slowness. Vitest orders by group, worker count and project name; this makes the order certain.
import type { TestSpecification, Vitest } from 'vitest/node'

/** Lays itself over whatever sequencer the user has; everything but the place of scenarios stays its choice. */
export function runScenariosLast(vitest: Vitest): void {
  const { sequence } = vitest.config
  const Chosen = sequence.sequencer
  sequence.sequencer = class extends Chosen {
    constructor(context: Vitest) {
      super(context)
      const chosen = this.sort.bind(this)
      this.sort = async (files) => scenariosLast(await chosen(files))
    }
  }
}

function scenariosLast(sorted: readonly TestSpecification[]): TestSpecification[] {
  const scenarios = sorted.filter(isScenario)
  const others = sorted.filter((file) => !isScenario(file))
  for (const { project } of scenarios) placeLast(project.config, others)
  return [...others, ...scenarios]
}

/**
 * Vitest runs isolated single-worker projects of group 0 after all groups, in the order of the sort; in
 * any other group they would come before such a project of the user's. Without isolation it has no
 * such place, and a group of one's own comes last.
 */
function placeLast(config: TestSpecification['project']['config'], others: readonly TestSpecification[]): void {
  const last = Math.max(0, ...others.map(({ project }) => project.config.sequence.groupOrder))
  config.sequence.groupOrder = config.isolate ? 0 : last + 1
}

export function isScenario(file: { readonly project: { readonly name: string } }): boolean {
  return file.project.name === 'scenarios'
}
