import type { Language } from '../i18n/shape'

/**
 * Times of the console. The API speaks microseconds UTC; people read Beijing time, whatever zone their machine has.
 *
 * The offset is fixed: China has kept UTC+8 without summer time since 1991, and no record is older.
 */
export const SHANGHAI_OFFSET_MS = 8 * 3_600_000

export const SECOND_US = 1_000_000
export const MINUTE_US = 60 * SECOND_US
export const HOUR_US = 60 * MINUTE_US
export const DAY_US = 24 * HOUR_US

export type TimeStyle = 'second' | 'milli' | 'minute' | 'clock' | 'clockMinute' | 'date'

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

/** `2026-11-20 11:14:15` in Beijing time; `style` drops or adds parts. */
export function formatTime(us: number, style: TimeStyle = 'second'): string {
  const wall = new Date(Math.floor(us / 1000) + SHANGHAI_OFFSET_MS)
  const date = `${wall.getUTCFullYear()}-${pad(wall.getUTCMonth() + 1)}-${pad(wall.getUTCDate())}`
  const minute = `${pad(wall.getUTCHours())}:${pad(wall.getUTCMinutes())}`
  const second = `${minute}:${pad(wall.getUTCSeconds())}`
  switch (style) {
    case 'date':
      return date
    case 'minute':
      return `${date} ${minute}`
    case 'clockMinute':
      return minute
    case 'clock':
      return second
    case 'milli':
      return `${date} ${second}.${pad(wall.getUTCMilliseconds(), 3)}`
    case 'second':
      return `${date} ${second}`
  }
}

/** The same moment for machines: RFC 3339 in UTC. */
export function isoTime(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString()
}

/** The start of the Beijing day that holds `us`. */
export function startOfDay(us: number): number {
  const offset = SHANGHAI_OFFSET_MS * 1000
  return Math.floor((us + offset) / DAY_US) * DAY_US - offset
}

export function nowUs(): number {
  return Date.now() * 1000
}

export interface Elapsed {
  unit: 'now' | 'second' | 'minute' | 'hour' | 'day'
  count: number
}

/** How long ago, in the largest whole unit. The future counts as now: clocks differ a little. */
export function elapsed(us: number, now: number): Elapsed {
  const past = now - us
  if (past < 5 * SECOND_US) return { unit: 'now', count: 0 }
  if (past < MINUTE_US) return { unit: 'second', count: Math.floor(past / SECOND_US) }
  if (past < HOUR_US) return { unit: 'minute', count: Math.floor(past / MINUTE_US) }
  if (past < DAY_US) return { unit: 'hour', count: Math.floor(past / HOUR_US) }
  return { unit: 'day', count: Math.floor(past / DAY_US) }
}

const UNITS: Record<Language, { second: string; minute: string; hour: string; day: string }> = {
  zh: { second: '秒', minute: '分', hour: '小时', day: '天' },
  en: { second: 's', minute: 'min', hour: 'h', day: 'd' },
}

/** `1 h 05 min`, `3.2 s`, `12 ms`: a length of time for a table. */
export function formatDuration(us: number, language: Language): string {
  const unit = UNITS[language]
  if (us < 1000) return `${us} µs`
  if (us < SECOND_US) return `${trim(us / 1000)} ms`
  if (us < MINUTE_US) return `${trim(us / SECOND_US)} ${unit.second}`
  if (us < HOUR_US) return `${Math.floor(us / MINUTE_US)} ${unit.minute} ${pad(Math.floor((us % MINUTE_US) / SECOND_US))} ${unit.second}`
  if (us < DAY_US) return `${Math.floor(us / HOUR_US)} ${unit.hour} ${pad(Math.floor((us % HOUR_US) / MINUTE_US))} ${unit.minute}`
  return `${Math.floor(us / DAY_US)} ${unit.day} ${Math.floor((us % DAY_US) / HOUR_US)} ${unit.hour}`
}

function trim(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}
