/** Failures in a row of one connection. */
export interface Backoff {
  failures: number
}

const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/** 1, 2, 4 … 30 s, times a factor of 0.5–1, so that a thousand consoles do not come back in the same moment. */
export function backoffDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return ceiling * (0.5 + random() / 2)
}

/** Waits for the back-off, or shorter when the browser says that the network is back. */
export function onlineDelay(backoff: Backoff, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      window.removeEventListener('online', finish)
      closed.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, backoffDelay(backoff.failures, Math.random))
    window.addEventListener('online', finish)
    closed.addEventListener('abort', finish)
  })
}
