// The real `vitest` in watch mode on a copy of a fixture project: a test saves files, presses keys, and
// waits for what a user would see. Its processes are gone when `watching` returns, whatever happened.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { startShop } from '../../fixtures/shop/server.mjs'
import { cleanEnvironment, copyOf, node, received, vitestBin } from './run-fixture.ts'
import type { FixtureOptions } from './run-fixture.ts'

const terminal = fileURLToPath(new URL('./fake-terminal.mjs', import.meta.url))

/** Nothing that a test waits for takes this long, even on a busy machine. */
const LONGEST_WAIT_MS = 20_000

/** What Vitest prints last when a run is over, however it ended. */
const WAITS = 'press h to show help'

export class Watch {
  readonly folder: string
  readonly #child: ChildProcess
  readonly #shop: Awaited<ReturnType<typeof startShop>>
  readonly #listeners = new Set<() => void>()
  /** Not yet seen by a test. */
  #screen = ''
  #code: Promise<number | null>

  constructor(folder: string, child: ChildProcess, shop: Awaited<ReturnType<typeof startShop>>) {
    this.folder = folder
    this.#child = child
    this.#shop = shop
    const show = (text: string): void => {
      this.#screen += text
      for (const listener of this.#listeners) listener()
    }
    child.stdout?.setEncoding('utf8').on('data', show)
    this.#code = new Promise((resolve) => child.once('close', resolve))
  }

  /** Waits for a text, and returns everything since the last wait. */
  async until(text: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`"${text}" did not appear in:\n${this.#screen}`)),
        LONGEST_WAIT_MS,
      )
      const look = (): void => {
        if (!stripVTControlCharacters(this.#screen).includes(text)) return
        clearTimeout(timer)
        this.#listeners.delete(look)
        resolve()
      }
      this.#listeners.add(look)
      look()
    })
    const seen = stripVTControlCharacters(this.#screen).replaceAll(this.folder, '<root>')
    this.#screen = ''
    return seen
  }

  /** Waits until a run is over; returns what was shown of it and what the shop received meanwhile. */
  async run(): Promise<{ screen: string; received: Record<string, number> }> {
    const screen = await this.until(WAITS)
    const counts = received(this.#shop)
    this.#shop.log.reset()
    return { screen, received: counts }
  }

  save(path: string, change: (text: string) => string): void {
    const file = join(this.folder, path)
    writeFileSync(file, change(existsSync(file) ? readFileSync(file, 'utf8') : ''))
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined && this.#child.exitCode === null) process.kill(-this.#child.pid, signal)
  }

  get code(): Promise<number | null> {
    return this.#code
  }
}

/** Starts Vitest in watch mode, lets `use` work with it, and ends it. */
export async function watching(
  name: string,
  options: Pick<FixtureOptions, 'args' | 'env'> & { readonly shop?: Parameters<typeof startShop>[0] },
  use: (watch: Watch) => Promise<void>,
): Promise<void> {
  const folder = copyOf(name)
  const shop = await startShop(options.shop)
  // One pipe for both streams: failures go to stderr, and on a pipe of their own they may come after the last line.
  const command = [node, '--import', terminal, vitestBin, ...(options.args ?? [])]
  const child = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', ...command], {
    cwd: folder,
    env: { ...cleanEnvironment(), SHOP_URL: shop.url, ...options.env },
    stdio: 'pipe',
    detached: true,
  })
  const watch = new Watch(folder, child, shop)
  try {
    await use(watch)
  } finally {
    watch.signal('SIGKILL')
    await watch.code
    await shop.close()
  }
}
