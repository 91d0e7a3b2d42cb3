// Loaded before Vitest: makes it take its standard input, a pipe, for a terminal, so that keys can be
// pressed in a test without one.
process.stdin.isTTY = true
process.stdin.setRawMode = () => process.stdin
