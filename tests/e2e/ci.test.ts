// What CI services get from a run of the real Vitest: JUnit files in both dialects, also after a crash
// and on a disk that does not take them; annotations and summaries on GitHub; Markdown beside the record.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { settle } from '../support/e2e.ts'
import { jenkinsProblems } from '../support/junit-jenkins.ts'
import { removeCopies, runFixture, withOptions } from '../support/run-fixture.ts'

afterAll(removeCopies)

const JUNIT = 'test-results/TEST-turbulence-junit.xml'
const annotations = (text: string): string[] => text.match(/^::error .*$/gm) ?? []

describe('JUnit', () => {
  test('a dialect that does not exist stops Vitest before anything runs', async () => {
    const run = await runFixture('passing', { arrange: withOptions(`{ junit: { dialect: 'jenkins-xunlt' } }`) })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('jenkins-xunlt')
    expect(run.received).toEqual({})
  })

  test('after a crash of the worker: what was measured before, and an error for every other test', async () => {
    const run = await runFixture('passing', {
      arrange: (folder) =>
        writeFileSync(
          join(folder, 'crash.mjs'),
          `import { Socket } from 'node:net'
const { write } = Socket.prototype
let requests = 0
Socket.prototype.write = function (text, ...more) {
  if (/^[A-Z]+ \\S+ HTTP\\/1\\.1\\r\\n/.test(String(text)) && ++requests === 38) process.kill(process.pid, 'SIGKILL')
  return write.call(this, text, ...more)
}\n`,
        ),
      env: { NODE_OPTIONS: '--import=./crash.mjs' },
    })
    expect(run.code).toBe(1)
    expect(run.junit).not.toBe('')
    const cases = [...run.junit.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^]*?<\/testcase>/g)]
    expect(
      cases.map(([text, classname, name]) => `${classname} ${name} ${/<error/.exec(text)?.[0] ?? 'passed'}`),
    ).toEqual([
      'turbulence.passing cycle 1 > shoppers passed',
      'turbulence.passing cycle 1 > browsers passed',
      'turbulence.passing cycle 2 > shoppers <error',
      'turbulence.passing cycle 2 > browsers <error',
      'turbulence.passing.thresholds success_rate <error',
      'turbulence.passing.thresholds p95 <error',
    ])
    expect(run.junit).toContain('type="ExecutionError"')
  })
})

describe('with another reporter on GitHub', () => {
  test('in one run: our annotations, the summary of the job as beside the record, JUnit for Jenkins xUnit', async () => {
    const run = await runFixture('no-data', {
      arrange: withOptions(`{ junit: { dialect: 'jenkins-xunit' } }`),
      otherJunit: true,
      env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'job.md', TURBULENCE_SEED: '7' },
      args: ['run', '--reporter=dot'],
    })
    expect(run.code).toBe(2)
    const [line = '', ...more] = annotations(run.stdout + run.stderr)
    expect(more).toEqual([])
    expect(
      settle(line).replaceAll(/[\w./-]*\/(?=no-data\.scenario)|[\w.-]*no-data-\w+\.(?=Threshold)/g, ''),
    ).toMatchInlineSnapshot(
      `"::error file=no-data.scenario.yaml,line=12,col=5,title=no-data.scenario.yaml > p95{step%3Anever}::p95{step:never} has no data, must be < 1 s: nothing that it selects was attempted%0A    at threshold (no-data.scenario.yaml:12:5)%0A    at Threshold(no-data.scenario.yaml:12)%0Aseed   7%0Aagain  TURBULENCE_SEED=7 npx vitest run no-data.scenario.yaml"`,
    )
    const [id = ''] = readdirSync(join(run.folder, '.turbulence/runs'))
    const kept = readFileSync(join(run.folder, '.turbulence/runs', id, 'summary.md'), 'utf8')
    expect(run.file('job.md')).toBe(`\n${kept}`)
    expect(settle(kept)).toMatchInlineSnapshot(`
      "## ❌ \`no-data\`

      \`no-data.scenario.yaml\` · <time> · 5 requests · <rate> · against \`shop\`

      | threshold | value | limit | samples | verdict |
      | --- | ---: | --- | ---: | --- |
      | \`p95{step:never}\` | – | \`< 1 s\` | 0 | ❔ no data |

      1 test, one per cycle and group: 1 passed.

      Closed workload (agents): whoever waits sends nothing, so a service that stands still is felt by fewer requests than users would send (coordinated omission). An open one shows it: workload: { rate: <rate>, duration: 30s }

      - \`no-data.scenario.yaml:10 "never" never runs: its condition is always false. Here cycle is 1.\`
      - \`no-data.scenario.yaml:12 "p95{step:never}" needs 20 samples; this plan makes at most 5. Plan more of them, or judge a lower percentile.\`

      Seed 7. To run exactly this again:

      \`\`\`sh
      TURBULENCE_SEED=7 npx vitest run no-data.scenario.yaml
      \`\`\`
      "
    `)
    expect(jenkinsProblems(run.junit)).toEqual([])
    expect(run.junit).toContain('[[PROPERTY|turbulence.verdict=no-data]]')
  })

  test('a wrong file is in the summary of the job', async () => {
    const run = await runFixture('wrong-file', { env: { GITHUB_STEP_SUMMARY: 'job.md' } })
    expect(run.file('job.md')).toContain('This scenario left no record.')
    expect(run.file('job.md')?.match(/^\| `/gm)?.length).toBeGreaterThan(0)
  })
})

test("Vitest's own annotations are not doubled; a file where a folder should be costs the JUnit file and the exit code, not the run", async () => {
  const run = await runFixture('no-data', {
    arrange: (folder) => writeFileSync(join(folder, 'test-results'), ''),
    env: { GITHUB_ACTIONS: 'true' },
  })
  const [line, ...more] = annotations(run.stdout + run.stderr)
  expect(more).toEqual([])
  expect(line).toContain('line=12,column=5')
  expect(run.code).toBe(1)
  expect(run.stdout.split('\n').filter((said) => said.includes(' JUnit '))).toEqual([
    ` JUnit  ${JUNIT} could not be written, a file is where the folder should be (EEXIST): the results are not kept`,
  ])
  expect(run.stdout).toContain('1 failed | 1 passed')
})

test('with report.markdown: false there is no Markdown', async () => {
  const run = await runFixture('no-data', {
    arrange: withOptions('{ report: { markdown: false } }'),
    env: { GITHUB_STEP_SUMMARY: 'job.md' },
  })
  const [id = ''] = readdirSync(join(run.folder, '.turbulence/runs'))
  expect(readdirSync(join(run.folder, '.turbulence/runs', id)).sort()).toEqual([
    'instances.jsonl',
    'manifest.json',
    'summary.json',
  ])
  expect(run.file('job.md')).toBeUndefined()
  expect(annotations(run.stdout + run.stderr)).toEqual([])
})
