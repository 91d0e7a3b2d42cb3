// Something else in the process that holds the event loop.

/** Holds it once, for so long. */
export function hold(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Holds it in every turn, until the function that is returned is called. */
export function holdAgainAndAgain(ms: number): () => void {
  let isOver = false
  const turn = (): void => {
    if (isOver) return
    hold(ms)
    setImmediate(turn)
  }
  setImmediate(turn)
  return () => (isOver = true)
}
