/**
 * Requests per second over the last minute, from records as they arrive. Seconds are those of the server: records carry its time, and
 * what a browser's clock is wrong by is learnt from them.
 */
import { numberField, type EventFields } from '../../kit/event'
import { SECOND_US } from '../../kit/time'

/** What a request ended in; attacks are counted beside the requests that carried them. */
export const CLASSES = ['2xx', '3xx', '4xx', '5xx', 'none', 'attack'] as const
export type StatusClass = (typeof CLASSES)[number]
export type Counts = Record<StatusClass, number>

export const WINDOW_SECONDS = 60

/** A record needs a moment from the gateway to the page, so the newest seconds are not yet told. */
const LAG_SECONDS = 2

export function noCounts(): Counts {
  return { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0, attack: 0 }
}

export function classOf(stream: string, event: EventFields): StatusClass {
  if (stream === 'waf') return 'attack'
  const status = numberField(event, 'http.response.status_code') ?? 0
  if (status >= 200 && status < 300) return '2xx'
  if (status >= 300 && status < 400) return '3xx'
  if (status >= 400 && status < 500) return '4xx'
  return status >= 500 && status < 600 ? '5xx' : 'none'
}

export interface RateWindow {
  /** One per second, oldest first; `null` where nothing is known, which is not nothing. */
  seconds: { at: number; counts: Counts | null }[]
  total: Counts
  /** Seconds that are known. */
  known: number
}

/** Counts by second. All times are µs; `now` is the browser's. */
export class RateBook {
  private readonly counts = new Map<number, Counts>()
  /** How far the server's clock is ahead of the browser's, at least: the record that was fastest here tells most. */
  private ahead: number | null = null
  private opened: number | null = null
  private broken: number | null = null

  /** The stream is open: what happens from now on is known, and so is what it replays after a break. */
  open(now: number): void {
    this.opened ??= now
    this.broken = null
  }

  /** The stream is down. */
  close(now: number): void {
    if (this.opened !== null) this.broken ??= now
  }

  add(stream: string, event: EventFields, now: number): void {
    const at = numberField(event, '@timestamp')
    if (at === null) return
    const ahead = (numberField(event, 'event.ingested') ?? at) - now
    this.ahead = this.ahead === null ? ahead : Math.max(this.ahead, ahead)
    const second = Math.floor(at / SECOND_US)
    const counts = this.counts.get(second) ?? noCounts()
    counts[classOf(stream, event)] += 1
    this.counts.set(second, counts)
  }

  window(now: number): RateWindow {
    const server = (moment: number) => Math.floor((moment + (this.ahead ?? 0)) / SECOND_US)
    const end = server(now) - LAG_SECONDS
    const first = end - WINDOW_SECONDS
    for (const second of this.counts.keys()) if (second < first) this.counts.delete(second)
    const from = this.opened === null ? Infinity : server(this.opened) + 1
    const until = this.broken === null ? Infinity : server(this.broken)
    const total = noCounts()
    let known = 0
    const seconds = Array.from({ length: WINDOW_SECONDS }, (_, index) => {
      const second = first + index
      if (second < from || second >= until) return { at: second * SECOND_US, counts: null }
      const counts = this.counts.get(second) ?? noCounts()
      for (const each of CLASSES) total[each] += counts[each]
      known += 1
      return { at: second * SECOND_US, counts }
    })
    return { seconds, total, known }
  }
}

/** Requests of a count, without the attacks that some of them carried. */
export function requestsOf(counts: Counts): number {
  return CLASSES.reduce((sum, each) => (each === 'attack' ? sum : sum + counts[each]), 0)
}
