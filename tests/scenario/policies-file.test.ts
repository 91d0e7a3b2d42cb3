// A file of policies: who it decides for, where it is looked for, and what is wrong in one.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/run.ts'
import { play } from '../support/a-plan.ts'

const POLICIES = `
policies:
  - { persona_id: buyers, decisions: { next: { options: { buy: 1, look: 0 } } }, data: { skus: [a] } }
  - { persona_id: lookers, decisions: { next: { options: { buy: 0, look: 1 } } } }`

const GO = '{ type: http, name: go, path: "/{{agent.group}}/{{next}}" }'
const DECIDES = '{ type: decide, name: decide, decision: next }'

async function paths(yaml: string, policies = POLICIES): Promise<string[]> {
  const { log } = await play(yaml, { files: { 'policies.yaml': policies } })
  return log.map(({ path }) => path).toSorted()
}

describe('a decide step without options', () => {
  test('is decided by the first policy of the file beside the SUT', async () => {
    expect(await paths(`flow: [${DECIDES}, ${GO}]`)).toEqual(['/agents/buy'])
  })

  test('is decided by the policy of the persona that the group is called after', async () => {
    const groups = 'agents: { lookers: {}, buyers: {}, others: {} }'
    expect(await paths(`${groups}\nflow: [${DECIDES}, ${GO}]`)).toEqual(['/buyers/buy', '/lookers/look', '/others/buy'])
  })

  test('is decided by whom it names, also inside a branch', async () => {
    const step = '{ type: decide, name: decide, decision: next, policy_ref: lookers }'
    expect(await paths(`flow: [{ type: branch, name: b, condition: cycle == 1, if_true: [${step}, ${GO}] }]`)).toEqual([
      '/agents/look',
    ])
  })

  test('leaves a policy of the group, and options of its own, alone', async () => {
    const policy = 'agents: { buyers: { policy: { next: { mine: 1 } } } }'
    expect(await paths(`${policy}\nflow: [${DECIDES}, ${GO}]`)).toEqual(['/buyers/mine'])
    const own = '{ type: decide, name: decide, decision: next, options: { own: 1 } }'
    expect(await paths(`flow: [${own}, ${GO}]`)).toEqual(['/agents/own'])
  })

  test('sets decision_result too, unless it says where to', async () => {
    const go = '{ type: http, name: go, path: "/{{decision_result}}" }'
    expect(await paths(`flow: [${DECIDES}, ${go}]`)).toEqual(['/buy'])
  })
})

describe('what is wrong', () => {
  function problemsOf(files: Readonly<Record<string, string>>, policies?: string): string[] {
    const readFile = (path: string): string => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
      return text
    }
    const { problems } = loadScenario('/p/scenarios/a.yaml', {
      root: '/p',
      sut: '/p/sut.yaml',
      readFile,
      ...(policies !== undefined && { policies }),
    })
    return problems.map(({ place, message }) => `${place.file}:${place.line} ${message}`)
  }
  const sut = 'services: { api: { base_url: http://a.test } }'
  const scenario = 'id: a\nflow:\n  - { type: decide, name: d, decision: next, policy_ref: buyer }\n'

  test('a persona that is not there', () => {
    const files = { '/p/scenarios/a.yaml': scenario, '/p/sut.yaml': sut, '/p/policies.yml': POLICIES }
    expect(problemsOf(files)).toContain('/p/scenarios/a.yaml:3 There is no policy of "buyer".')
  })

  test('weights that leave nothing to choose, in the file of policies', () => {
    const policies = 'policies:\n  - persona_id: buyer\n    decisions:\n      next: { options: { a: 0 } }\n'
    const files = { '/p/scenarios/a.yaml': scenario, '/p/sut.yaml': sut, '/p/policies.yaml': policies }
    expect(problemsOf(files)).toContain('/p/policies.yaml:4 {"a":0} leaves nothing to choose.')
  })

  test('a file that was named and is not there, or lies outside', () => {
    const files = { '/p/scenarios/a.yaml': scenario, '/p/sut.yaml': sut }
    expect(problemsOf(files, '/p/other.yaml')).toContain('/p/scenarios/a.yaml:1 There is no file "/p/other.yaml".')
    expect(problemsOf(files, '../x.yaml')).toContain('/p/scenarios/a.yaml:1 "../x.yaml" lies outside of the project.')
  })

  test('a file that nobody needs is not read', () => {
    const own = 'id: a\nflow: [{ type: decide, name: d, decision: next, options: { a: 1 } }]\n'
    const files = { '/p/scenarios/a.yaml': own, '/p/sut.yaml': sut, '/p/policies.yaml': 'nonsense' }
    expect(problemsOf(files)).toEqual([])
  })
})
