// Tools to compare with that come from the npm registry: installed in a scratch folder, never in this
// repository, within a bounded time, and kept there for the next time.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The last Artillery that accepts Node 20 is 2.0.9; its install script only fetches a browser, which no HTTP test needs. */
const WANTED = { autocannon: 'autocannon@9', artillery: 'artillery@2.0.9' }
const LONGEST_MS = 300_000

/** @param {keyof typeof WANTED} name @returns {{ folder: string, version: string } | { reason: string }} */
export function installed(name) {
  const folder = join(tmpdir(), 'turbulence-bench-tools', name)
  const manifest = join(folder, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    process.stderr.write(`installing ${WANTED[name]} in ${folder} …\n`)
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', WANTED[name]]
    const npm = spawnSync('npm', args, { cwd: folder, timeout: LONGEST_MS, encoding: 'utf8' })
    if (npm.status !== 0) return { reason: `npm install failed: ${firstLine(npm.error?.message ?? npm.stderr)}` }
  }
  return { folder, version: JSON.parse(readFileSync(manifest, 'utf8')).version }
}

function firstLine(text) {
  return (text ?? '').trim().split('\n', 1)[0] ?? ''
}
