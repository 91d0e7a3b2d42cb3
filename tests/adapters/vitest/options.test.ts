import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkOptions } from '../../../src/adapters/vitest/check-options.ts'
import { resolveOptions } from '../../../src/adapters/vitest/options.ts'
import { TurbulenceError } from '../../../src/errors.ts'

/** As from a config that no TypeScript has seen. */
function errorOf(options: unknown): string {
  try {
    checkOptions(options as Parameters<typeof checkOptions>[0])
  } catch (error) {
    if (!(error instanceof TurbulenceError)) throw error
    expect(error.code).toBe('option')
    return [error.message, error.hint].filter((text) => text !== undefined).join(' ')
  }
  return ''
}

describe('what is right is taken', () => {
  test.each([
    {},
    { include: ['a/*.yaml'], exclude: [], profile: 'ci', seed: 0, runsDir: 'runs', exitCode: false, root: '.' },
    { live: 'auto' },
    { resume: 'latest' },
    { resume: '.turbulence/runs/shop-1' },
    { resume: false },
    { live: false },
    { sut: 'a.sut.yaml' },
    { sut: { services: {} } },
    { junit: true },
    { junit: false },
    { junit: {} },
    { junit: { outputFile: 'out.xml', dialect: 'rich' } },
    { junit: { dialect: 'jenkins-xunit' } },
    { junit: { dialect: undefined } },
    { report: {} },
    { report: { markdown: false } },
    { seed: undefined },
  ])('%j', (options) => {
    expect(errorOf(options)).toBe('')
  })
})

describe('what is wrong is named, with the way out', () => {
  test.each([
    [{ junits: true }, 'turbulence() has no option "junits". Did you mean "junit"?'],
    [{ toString: 1 }, 'turbulence() has no option "toString".'],
    [
      { junit: { outputfile: 'a.xml' } },
      'turbulence({ junit }) has no option "outputfile". Did you mean "outputFile"? Known: outputFile, dialect.',
    ],
    [
      { junit: { dialect: 'jenkins' } },
      `turbulence({ junit.dialect: "jenkins" }): it must be 'rich' or 'jenkins-xunit'. Known: rich, jenkins-xunit.`,
    ],
    [{ junit: { dialect: 'jenkins-xunlt' } }, 'Did you mean "jenkins-xunit"?'],
    [{ junit: { outputFile: '' } }, 'turbulence({ junit.outputFile: "" }): it must be a text that is not empty.'],
    [{ junit: { outputFile: 7 } }, 'turbulence({ junit.outputFile: 7 })'],
    [{ junit: 'a.xml' }, 'turbulence({ junit: "a.xml" }): it must be true, false or an object.'],
    [{ junit: null }, 'turbulence({ junit: null })'],
    [{ report: true }, 'turbulence({ report: true }): it must be an object.'],
    [{ report: { markdwn: true } }, 'turbulence({ report }) has no option "markdwn". Did you mean "markdown"?'],
    [{ report: { markdown: 'yes' } }, 'turbulence({ report.markdown: "yes" }): it must be true or false.'],
    [{ seed: -1 }, 'turbulence({ seed: -1 }): it must be a whole number from 0 to 4294967295.'],
    [{ seed: 1.5 }, 'turbulence({ seed: 1.5 })'],
    [{ seed: 2 ** 32 }, 'turbulence({ seed: 4294967296 })'],
    [{ seed: '7' }, 'turbulence({ seed: "7" })'],
    [{ include: 'a.yaml' }, 'turbulence({ include: "a.yaml" }): it must be a list of globs.'],
    [{ exclude: [1] }, 'turbulence({ exclude: [1] }): it must be a list of globs.'],
    [{ live: 'yes' }, 'turbulence({ live: "yes" }): it must be \'auto\', true or false.'],
    [{ resume: true }, "turbulence({ resume: true }): it must be 'latest', a path or false."],
    [{ exitCode: 2 }, 'turbulence({ exitCode: 2 }): it must be true or false.'],
    [{ sut: [] }, 'turbulence({ sut: [] }): it must be a path or an object.'],
    [{ profile: () => 'a' }, 'turbulence({ profile: a function })'],
  ])('%j', (options, said) => {
    expect(errorOf(options)).toContain(said)
  })
})

describe('defaults', () => {
  const junit = (options: Parameters<typeof resolveOptions>[0]): unknown[] => {
    const { junitFile, junitDialect } = resolveOptions(options, '/project')
    return [junitFile, junitDialect]
  }
  const usual = join(resolve('/project'), 'test-results', 'TEST-turbulence-junit.xml')

  test.each([
    [{}, [usual, 'rich']],
    [{ junit: true }, [usual, 'rich']],
    [{ junit: {} }, [usual, 'rich']],
    [{ junit: { dialect: 'jenkins-xunit' } }, [usual, 'jenkins-xunit']],
    [{ junit: { outputFile: 'out/a.xml' } }, [resolve('/project/out/a.xml'), 'rich']],
    [{ junit: false }, [undefined, 'rich']],
  ] as const)('JUnit with %j', (options, expected) => {
    expect(junit(options)).toEqual(expected)
  })

  test('nothing is resumed; a path starts at the project root', () => {
    const of = (resume: string | false | undefined): unknown =>
      resolveOptions({ ...(resume !== undefined && { resume }) }, '/p').resume
    expect([of(undefined), of(false), of('latest'), of('runs/a')]).toEqual([
      undefined,
      undefined,
      'latest',
      resolve('/p/runs/a'),
    ])
  })

  test('Markdown is kept unless it is switched off', () => {
    const markdown = (options: Parameters<typeof resolveOptions>[0]): boolean => resolveOptions(options, '/p').markdown
    expect([markdown({}), markdown({ report: {} }), markdown({ report: { markdown: false } })]).toEqual([
      true,
      true,
      false,
    ])
  })
})
