/**
 * Heat maps: how many attacks fall into which hour. Up to two days the rows are values of a field, such as
 * protected objects; up to two weeks they are days, so that weekdays and nights are seen and each cell is one hour with its records;
 * beyond, all Mondays stand in one row.
 */
import type { Histogram } from '../../api/types'
import type { Span } from '../../kit/range'
import { DAY_US, HOUR_US, SHANGHAI_OFFSET_MS, startOfDay } from '../../kit/time'
import { seriesOf } from './trend'

export type HeatKind = 'values' | 'days' | 'weekdays'

export interface HeatCell {
  count: number
  /** When the cell is one stretch of time, where it begins; µs. */
  at: number | null
}

export interface HeatRow {
  /** A value of the field, begin of a day in µs, or number of a weekday, Monday 0. */
  key: string
  cells: HeatCell[]
}

export function heatKind(span: Span): HeatKind {
  const length = span.to - span.from
  if (length <= 2 * DAY_US) return 'values'
  return length <= 14 * DAY_US ? 'days' : 'weekdays'
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

function hourOfDay(us: number): number {
  return Math.floor((us - startOfDay(us)) / HOUR_US)
}

/** Monday is 0; 1970-01-01 was a Thursday. */
export function weekdayOf(us: number): number {
  return (Math.floor((us + SHANGHAI_OFFSET_MS * 1000) / DAY_US) + 3) % 7
}

function all(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** Rows of values over the steps of the histogram. */
export function valueRows(buckets: Histogram['buckets']): HeatRow[] {
  return seriesOf(buckets).map(({ key, counts }) => ({ key: key ?? '*', cells: counts.map((count, at) => ({ count, at: buckets[at]?.at ?? null })) }))
}

/** Rows of days, oldest first, over the 24 hours. Hours outside the histogram count nothing. */
export function dayRows(buckets: Histogram['buckets']): HeatRow[] {
  const days = Array.from(new Set(buckets.map(({ at }) => startOfDay(at)))).sort((one, other) => one - other)
  const counted = new Map(buckets.map(({ at, counts }) => [at, all(counts)]))
  return days.map((day) => ({ key: String(day), cells: HOURS.map((hour) => ({ count: counted.get(day + hour * HOUR_US) ?? 0, at: day + hour * HOUR_US })) }))
}

/** Rows of weekdays, Monday first, over the 24 hours. */
export function weekdayRows(buckets: Histogram['buckets']): HeatRow[] {
  const rows: HeatRow[] = Array.from({ length: 7 }, (_, day) => ({ key: String(day), cells: HOURS.map(() => ({ count: 0, at: null })) }))
  for (const { at, counts } of buckets) {
    const cell = rows[weekdayOf(at)]?.cells[hourOfDay(at)]
    if (cell) cell.count += all(counts)
  }
  return rows
}

export function rowsOf(kind: HeatKind, buckets: Histogram['buckets']): HeatRow[] {
  if (kind === 'values') return valueRows(buckets)
  return kind === 'days' ? dayRows(buckets) : weekdayRows(buckets)
}

/** How dark a cell is, 0 to 5. By magnitude, so that a few are seen beside thousands. */
export function heatLevel(count: number, most: number): number {
  if (count <= 0 || most <= 0) return 0
  return Math.max(1, Math.ceil((Math.log1p(count) / Math.log1p(most)) * 5))
}

export interface Place {
  row: number
  column: number
}

const MOVES: Readonly<Record<string, Place>> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
}

/** Where an arrow key leads from a cell: the next cell with a count in that direction; `null` when there is none. */
export function nextPlace(rows: readonly HeatRow[], from: Place, key: string): Place | null {
  const move = MOVES[key]
  if (move === undefined) return null
  let at = from
  for (;;) {
    at = { row: at.row + move.row, column: at.column + move.column }
    const cell = rows[at.row]?.cells[at.column]
    if (cell === undefined) return null
    if (cell.count > 0) return at
  }
}

/** The cell where the keyboard enters: the first with a count. */
export function firstPlace(rows: readonly HeatRow[]): Place | null {
  for (const [row, { cells }] of rows.entries()) {
    const column = cells.findIndex(({ count }) => count > 0)
    if (column >= 0) return { row, column }
  }
  return null
}
