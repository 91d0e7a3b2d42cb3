// The edge to junit-report-builder, and everything that has to be known about its insides: what it
// has no method for is written into its fields. tests/report/junit-builder.test.ts fails when they change.
import { createRequire } from 'node:module'

/** Attributes by name; the builder writes them as they are. */
type Attributes = Record<string, string | number>

/** An element of the XML writer inside the builder. */
interface Element {
  readonly name: string
  readonly children: readonly Element[]
  att(name: string, value: string): Element
  removeAttribute(name: string): Element
  txt(text: string): Element
}

interface Node {
  _attributes: Attributes
  property(name: string, value: string): unknown
}

export interface BuilderCase extends Node {
  failure(message: string, type: string): unknown
  stacktrace(text: string): unknown
  error(message: string, type: string, content: string): unknown
  skipped(): unknown
  standardOutput(text: string): unknown
  build(parent: Element): Element
}

export interface BuilderSuite extends Node {
  testCase(): BuilderCase
}

interface BuilderRoot extends Node {
  build(): Element
}

export interface Builder {
  _rootTestSuites: BuilderRoot
  testSuite(): BuilderSuite
  build(): string
}

const require = createRequire(import.meta.url)

/** Loaded when a report is to be written, at the latest: it is a bundle of 800 kB. */
export function loadJunitBuilder(): { newBuilder(): Builder } {
  return require('junit-report-builder') as { newBuilder(): Builder }
}

export function newBuilder(): Builder {
  return loadJunitBuilder().newBuilder()
}

/** Lays attributes over those of a suite or a case, in this order; absent ones are left out. */
export function setAttributes(node: Node, attributes: Readonly<Record<string, string | number | undefined>>): void {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node._attributes[name] = value
}

/** The attributes of the root element. */
export function setRootAttributes(builder: Builder, attributes: Parameters<typeof setAttributes>[1]): void {
  setAttributes(builder._rootTestSuites, attributes)
}

/** The builder counts skipped cases in the root element, where some schemas know no such attribute. */
export function dropSkippedCount(builder: Builder): void {
  const root = builder._rootTestSuites
  const build = root.build.bind(root)
  root.build = () => build().removeAttribute('skipped')
}

/** A skipped case with its reason, as attribute and as text: the builder knows only an empty `<skipped/>`. */
export function skip(testCase: BuilderCase, attribute: string, content: string): void {
  testCase.skipped()
  const build = testCase.build.bind(testCase)
  testCase.build = (parent) => {
    const element = build(parent)
    const skipped = element.children.find((child) => child.name === 'skipped')
    skipped?.att('message', attribute).txt(content)
    return element
  }
}
