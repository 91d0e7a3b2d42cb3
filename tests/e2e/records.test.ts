// What a run leaves on disk: the JUnit file, the manifest and the summary, and what must not be in them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { settle } from '../support/e2e.ts'
import { removeCopies, runFixture } from '../support/run-fixture.ts'
import type { FixtureRun } from '../support/run-fixture.ts'

afterAll(removeCopies)

function onlyRun(run: FixtureRun): { manifest: string; summary: string } {
  const runs = join(run.folder, '.turbulence/runs')
  const [id = ''] = readdirSync(runs)
  const read = (name: string): string => readFileSync(join(runs, id, name), 'utf8')
  return { manifest: read('manifest.json'), summary: read('summary.json') }
}

describe('JUnit', () => {
  test('is one suite per scenario, valid, with line, numbers, causes, seed and command', async () => {
    const run = await runFixture('breached', { shop: { slowCheckoutMs: 600 } })
    expect(
      settle(run.junit)
        .replaceAll(/(time|timestamp|hostname)="[^"]*"/g, '$1="…"')
        .replaceAll(
          /(name="turbulence\.(?:machine|version|p\d+|max|rps|health\.\w+|memory\.\w+|scenario\.sha)[^"]*") value="[^"]*"/g,
          '$1 value="…"',
        )
        .replaceAll(/^ *<property name="turbulence\.health\.stall_ms".*\n/gm, '')
        .replaceAll(/[\w./-]*\/breached-\w+\//g, '')
        .replaceAll(/(name="turbulence\.threshold\.actual") value="\d{3}[^"]*"/g, '$1 value="…"')
        .replaceAll(/_e2e\.runs\.breached-\w+\.|runs\.breached-\w+\./g, ''),
    ).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="vitest-turbulence" time="…" timestamp="…" tests="4" failures="1" errors="0" skipped="0">
        <testsuite name="breached.scenario.yaml" timestamp="…" time="…" hostname="…" id="0" file="breached.scenario.yaml" tests="4" failures="1" errors="0" skipped="0">
          <properties>
            <property name="turbulence.run.id" value="breached-<run id>"/>
            <property name="turbulence.seed" value="1"/>
            <property name="turbulence.rerun" value="TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml"/>
            <property name="turbulence.scenario.id" value="breached"/>
            <property name="turbulence.scenario.file" value="breached.scenario.yaml"/>
            <property name="turbulence.scenario.sha256" value="…"/>
            <property name="turbulence.sut" value="shop"/>
            <property name="turbulence.hosts" value="http://127.0.0.1:<port>"/>
            <property name="turbulence.samples" value="20"/>
            <property name="turbulence.iterations" value="20"/>
            <property name="turbulence.successRate" value="1.0000"/>
            <property name="turbulence.rps" value="…"/>
            <property name="turbulence.coordinatedOmission" value="not shown: closed workload of agents"/>
            <property name="turbulence.health.loopDelay_ms" value="…"/>
            <property name="turbulence.health.utilisation" value="…"/>
            <property name="turbulence.memory.rssMb" value="…"/>
            <property name="turbulence.memory.heapMb" value="…"/>
            <property name="turbulence.version.vitest-turbulence" value="…"/>
            <property name="turbulence.machine.node" value="…"/>
            <property name="turbulence.machine.platform" value="…"/>
            <property name="turbulence.machine.cpus" value="…"/>
          </properties>
          <testcase classname="turbulence.breached" name="cycle 1 > agents" time="…" timestamp="…" file="breached.scenario.yaml" line="8">
            <properties>
              <property name="turbulence.cycle" value="1"/>
              <property name="turbulence.group" value="agents"/>
              <property name="turbulence.iterations" value="10"/>
              <property name="turbulence.iterations.ok" value="10"/>
              <property name="turbulence.iterations.failed" value="0"/>
              <property name="turbulence.successRate" value="1.0000"/>
              <property name="turbulence.samples" value="10"/>
              <property name="turbulence.p50_ms" value="…"/>
              <property name="turbulence.p95_ms" value="…"/>
              <property name="turbulence.p99_ms" value="…"/>
              <property name="turbulence.max_ms" value="…"/>
              <property name="turbulence.health.loopDelay_ms" value="…"/>
              <property name="turbulence.health.utilisation" value="…"/>
            </properties>
            <system-out><![CDATA[cell        cycle 1 > agents
      iterations  10 begun, 10 ok, 0 failed (0 aborted), 0 dropped
      requests    10 ok
      latency     p50 <time>  p95 <time>  p99 <time>  max <time>
      threshold   pass: success_rate in cycle 1 > agents was 100 %, must be >= 95 % (+5 points) over 10 iterations
      seed        1
      again       TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml]]></system-out>
          </testcase>
          <testcase classname="turbulence.breached" name="cycle 2 > agents" time="…" timestamp="…" file="breached.scenario.yaml" line="8">
            <properties>
              <property name="turbulence.cycle" value="2"/>
              <property name="turbulence.group" value="agents"/>
              <property name="turbulence.iterations" value="10"/>
              <property name="turbulence.iterations.ok" value="10"/>
              <property name="turbulence.iterations.failed" value="0"/>
              <property name="turbulence.successRate" value="1.0000"/>
              <property name="turbulence.samples" value="10"/>
              <property name="turbulence.p50_ms" value="…"/>
              <property name="turbulence.p95_ms" value="…"/>
              <property name="turbulence.p99_ms" value="…"/>
              <property name="turbulence.max_ms" value="…"/>
              <property name="turbulence.health.loopDelay_ms" value="…"/>
              <property name="turbulence.health.utilisation" value="…"/>
            </properties>
            <system-out><![CDATA[cell        cycle 2 > agents
      iterations  10 begun, 10 ok, 0 failed (0 aborted), 0 dropped
      requests    10 ok
      latency     p50 <time>  p95 <time>  p99 <time>  max <time>
      threshold   pass: success_rate in cycle 2 > agents was 100 %, must be >= 95 % (+5 points) over 10 iterations
      seed        1
      again       TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml]]></system-out>
          </testcase>
          <testcase classname="turbulence.breached.thresholds" name="p95{step:checkout}" time="…" file="breached.scenario.yaml" line="18">
            <properties>
              <property name="turbulence.metric" value="latency.p95{step:checkout}"/>
              <property name="turbulence.threshold" value="p95{step:checkout} &lt; 400ms"/>
              <property name="turbulence.threshold.op" value="&lt;"/>
              <property name="turbulence.threshold.limit" value="400"/>
              <property name="turbulence.threshold.actual" value="…"/>
              <property name="turbulence.unit" value="ms"/>
              <property name="turbulence.samples" value="20"/>
              <property name="turbulence.verdict" value="fail"/>
            </properties>
            <failure message="p95{step:checkout} was <time>, must be &lt; <time> (+<distance>) over 20 samples; 95 % interval from <time>, upwards open: 20 samples cannot bound it" type="ThresholdBreached"><![CDATA[p95{step:checkout} was <time>, must be < 400 ms (+<distance>) over 20 samples; 95 % interval from <time>, upwards open: 20 samples cannot bound it
          at threshold (breached.scenario.yaml:18:5)
          at Threshold(breached.scenario.yaml:18)
      seed   1
      again  TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml]]></failure>
            <system-out><![CDATA[p95{step:checkout} was <time>, must be < 400 ms (+<distance>) over 20 samples; 95 % interval from <time>, upwards open: 20 samples cannot bound it
      seed   1
      again  TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml]]></system-out>
          </testcase>
          <testcase classname="turbulence.breached.thresholds" name="success_rate" time="…" file="breached.scenario.yaml" line="19">
            <properties>
              <property name="turbulence.metric" value="success_rate"/>
              <property name="turbulence.threshold" value="success_rate >= 99%"/>
              <property name="turbulence.threshold.op" value=">="/>
              <property name="turbulence.threshold.limit" value="99"/>
              <property name="turbulence.threshold.actual" value="…"/>
              <property name="turbulence.unit" value="%"/>
              <property name="turbulence.samples" value="20"/>
              <property name="turbulence.verdict" value="pass"/>
            </properties>
            <system-out><![CDATA[success_rate was 100 %, must be >= 99 % (+1 points) over 20 iterations]]></system-out>
          </testcase>
        </testsuite>
      </testsuites>"
    `)
  })

  test('of an earlier run is gone when a run ends without scenarios', async () => {
    const run = await runFixture('beside-units', {
      args: ['run', 'price'],
      arrange: () => undefined,
    })
    expect(run.file('test-results/TEST-turbulence-junit.xml')).toBeUndefined()
  })
})

describe('records', () => {
  test('the summary agrees with the log of the service', async () => {
    const run = await runFixture('passing')
    const { record } = JSON.parse(onlyRun(run).summary) as { record: { steps: { step: string; attempts: number }[] } }
    expect(Object.fromEntries(record.steps.map(({ step, attempts }) => [step, attempts]))).toEqual({
      cart: run.received['POST /carts'],
      add: run.received['POST /carts/:id/items'],
      checkout: run.received['POST /orders'],
      products: run.received['GET /products'],
    })
  })

  test('no value of the environment is in any file', async () => {
    const secret = 'very-secret-value'
    const run = await runFixture('failing-cell', { env: { SHOP_TOKEN: secret } })
    const { manifest, summary } = onlyRun(run)
    expect(manifest + summary + run.junit + run.stdout + run.stderr).not.toContain(secret)
    expect(manifest).toContain('"SHOP_TOKEN"')
  })

  test('two runs with one seed send the same requests', async () => {
    const sent = async (): Promise<unknown> => {
      const run = await runFixture('passing', { env: { TURBULENCE_SEED: '7' } })
      expect(run.stdout).toContain('changed   TURBULENCE_SEED=7')
      return run.received
    }
    expect(await sent()).toEqual(await sent())
  })
})
