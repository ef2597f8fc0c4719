import { DAY_US, HOUR_US, MINUTE_US, SHANGHAI_OFFSET_MS, nowUs, startOfDay } from './time'

/** Named spans of time, kept in the URL by their name so that a reload moves on with the clock. */
export const PRESETS = ['15m', '1h', 'today', 'yesterday', '7d'] as const
export type Preset = (typeof PRESETS)[number]

export type TimeRange = { preset: Preset } | { from: number; to: number }

/** A half-open span of microseconds, `from` included, `to` not. */
export interface Span {
  from: number
  to: number
}

export function resolveRange(range: TimeRange, now: number = nowUs()): Span {
  if (!('preset' in range)) return { from: range.from, to: range.to }
  switch (range.preset) {
    case '15m':
      return { from: now - 15 * MINUTE_US, to: now }
    case '1h':
      return { from: now - HOUR_US, to: now }
    case 'today':
      return { from: startOfDay(now), to: now }
    case 'yesterday':
      return { from: startOfDay(now) - DAY_US, to: startOfDay(now) }
    case '7d':
      return { from: now - 7 * DAY_US, to: now }
  }
}

function isPreset(text: string | null): text is Preset {
  return PRESETS.some((preset) => preset === text)
}

/** Reads `range=` or `from=&to=` from the URL; anything unreadable becomes the fallback. */
export function rangeFromParams(params: URLSearchParams, fallback: Preset): TimeRange {
  const from = Number(params.get('from'))
  const to = Number(params.get('to'))
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from > 0 && to > from) return { from, to }
  const preset = params.get('range')
  return { preset: isPreset(preset) ? preset : fallback }
}

export function rangeToParams(range: TimeRange, params: URLSearchParams): void {
  params.delete('range')
  params.delete('from')
  params.delete('to')
  if ('preset' in range) {
    params.set('range', range.preset)
  } else {
    params.set('from', String(range.from))
    params.set('to', String(range.to))
  }
}

/** Steps that divide hours and days evenly, so that bars begin at round times. */
const STEPS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400].map((seconds) => seconds * 1_000_000)

/** The smallest round step that gives at most `buckets` bars. */
export function histogramStep(span: Span, buckets: number): number {
  const wanted = (span.to - span.from) / buckets
  return STEPS.find((step) => step >= wanted) ?? DAY_US
}

/** Wall-clock parts read from a date picker, taken as Beijing time. */
export function fromWallClock(parts: { year: number; month: number; day: number; hour: number; minute: number; second: number }): number {
  return (Date.UTC(parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second) - SHANGHAI_OFFSET_MS) * 1000
}
