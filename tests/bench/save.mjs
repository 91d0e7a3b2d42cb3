// docs/benchmarks.md: generated, one section per benchmark, each with its own machine and date, so that
// one can be run again without the others.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineText, ROOT } from './machine.mjs'

const FILE = join(ROOT, 'docs', 'benchmarks.md')
const HEAD = `# Benchmarks

Written by \`npm run bench -- all --save\`: do not edit. What the numbers mean, and where we lose, is in
[performance](concepts/performance.md). Only ratios from one table, measured in turn on one machine, mean anything.
`
const TITLES = {
  load: 'Load and CPU',
  options: 'Cost of options',
  startup: 'Start-up',
  memory: 'Memory',
  growth: 'Growth',
  accuracy: 'Accuracy of percentiles',
  rate: 'Accuracy of rates',
  scale: 'Scale',
  omission: 'Coordinated omission',
  flakiness: 'Thresholds near the limit',
  health: "The generator's own health",
}

/** @param {keyof typeof TITLES} name @param {Parameters<typeof machineText>[0]} on @param {string} text */
export function saveSection(name, on, text) {
  const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD
  const sections = new Map(
    old
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0], section.trim()]),
  )
  sections.set(TITLES[name], `${TITLES[name]}\n\n${on.date}. ${machineText(on)}\n\n${text}`)
  const known = Object.values(TITLES).filter((title) => sections.has(title))
  writeFileSync(FILE, `${HEAD}\n${known.map((title) => `## ${sections.get(title)}\n`).join('\n')}`)
}
