import { useSyncExternalStore } from 'react'
import { shared, useWords } from '../i18n'
import { elapsed, formatTime, isoTime, nowUs, SECOND_US, type TimeStyle } from './time'

/** A moment in Beijing time. Absent means unknown, and says so with a dash rather than a zero. */
export function TimeText({ us, show = 'second' }: { us: number | null | undefined; show?: TimeStyle }) {
  const words = useWords(shared).common
  if (us === null || us === undefined) return <span className="muted">—</span>
  return (
    <time className="figures" dateTime={isoTime(us)} title={`${formatTime(us, 'milli')} ${words.beijingTime}`}>
      {formatTime(us, show)}
    </time>
  )
}

/** One clock for all relative times of the page, ticking every five seconds. */
const tickers = new Set<() => void>()
let tick = nowUs()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  tickers.add(listener)
  timer ??= setInterval(() => {
    tick = nowUs()
    for (const each of tickers) each()
  }, (5 * SECOND_US) / 1000)
  return () => {
    tickers.delete(listener)
    if (tickers.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => tick, () => tick)
}

/** `3 分钟前`, with the exact time as its title. */
export function AgoText({ us }: { us: number | null | undefined }) {
  const words = useWords(shared).common
  const now = useNow()
  if (us === null || us === undefined) return <span className="muted">—</span>
  const past = elapsed(us, Math.max(now, us))
  const text = {
    now: words.justNow,
    second: words.secondsAgo(past.count),
    minute: words.minutesAgo(past.count),
    hour: words.hoursAgo(past.count),
    day: words.daysAgo(past.count),
  }[past.unit]
  return (
    <time className="figures" dateTime={isoTime(us)} title={`${formatTime(us, 'milli')} ${words.beijingTime}`}>
      {text}
    </time>
  )
}
