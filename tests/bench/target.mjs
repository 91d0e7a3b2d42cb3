// The server under load: nginx with fixed answers where there is one, else node processes that answer
// the same. It counts the requests itself; nobody's own count is believed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { versionOf, which } from './machine.mjs'
import { sleep, start } from './processes.mjs'
import { ANSWERS } from './work.mjs'

const TARGET_CORE = 1
const WORKER = fileURLToPath(new URL('./target-worker.mjs', import.meta.url))

/** @returns {Promise<{ name: string, url: string, port: number, count(): Promise<number>, close(): void }>} */
export async function startTarget() {
  const nginx = which('nginx')
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'turbulence-target-'))
  const command =
    nginx === undefined
      ? [process.execPath, WORKER, String(port)]
      : [nginx, '-p', folder, '-e', 'stderr', '-c', writeConfig(folder, port)]
  const server = start(command, { core: TARGET_CORE })
  const url = `http://127.0.0.1:${port}`
  const close = () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const name = nginx === undefined ? `node ${process.versions.node}, bundled` : `nginx ${versionOf(nginx, ['-v'])}`
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(50)
    const count = await countAt(url).catch(() => undefined)
    if (count !== undefined) return { name, url, port, close, count: () => countAt(url) }
  }
  close()
  throw new Error(`The target (${name}) did not answer within 5 s: ${server.output()}`)
}

let asked = 0

/** Requests received so far; asking is not counted. */
async function countAt(url) {
  const text = await (await fetch(`${url}/__status`)).text()
  asked++
  // nginx prints "accepts handled requests", the bundled one the last of them only.
  const all = /(\d+)\s*\n\s*Reading/.exec(text)?.[1] ?? text
  return Number(all) - asked
}

function writeConfig(folder, port) {
  const places = ANSWERS.map(([, path, status, body]) => {
    const where = path.includes('*') ? `~ ^${path.replace('*', '[^/]+')}$` : `= ${path}`
    return `location ${where} { default_type application/json; return ${status} '${body}'; }`
  })
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/tmp;`)
  mkdirSync(join(folder, 'tmp'))
  const config = `
daemon off; master_process off; pid ${folder}/pid;
events { worker_connections 20000; }
http {
  access_log off; ${temp.join(' ')} keepalive_requests 1000000000; keepalive_timeout 600;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location = /__status { stub_status; }
    ${places.join('\n    ')}
  }
}
`
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, config)
  return file
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
