#!/usr/bin/env node
// The program `turbulence`: hands the process to the command line and takes its exit code from there.
import { runCommandLine } from './command-line.ts'

const { stdout, stderr, argv, env } = process

process.exitCode = await runCommandLine({
  argv,
  env,
  folder: process.cwd(),
  out: (text) => void stdout.write(`${text}\n`),
  err: (text) => void stderr.write(`${text}\n`),
  hasColours: stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
})
