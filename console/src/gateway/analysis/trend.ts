/** Counts over time by the values of a field, as series of a picture: at most eight, the rest together. */
import type { Histogram } from '../../api/types'
import { histogramStep, type Span } from '../../kit/range'

/** Bars of one picture. */
const BARS = 60

export function trendStep(span: Span): number {
  return histogramStep(span, BARS)
}

/** Series of one picture (spec console.md §9). */
const MOST_SERIES = 8

export interface Series {
  /** Value of the field; empty when a record has none, `null` for all the rest. */
  key: string | null
  counts: number[]
  total: number
}

export function seriesOf(buckets: Histogram['buckets'], most = MOST_SERIES): Series[] {
  const totals = new Map<string, number>()
  for (const { counts } of buckets) for (const [key, count] of Object.entries(counts)) totals.set(key, (totals.get(key) ?? 0) + count)
  const keys = Array.from(totals.keys()).sort((one, other) => (totals.get(other) ?? 0) - (totals.get(one) ?? 0) || one.localeCompare(other))
  const shown = keys.length > most ? keys.slice(0, most - 1) : keys
  const series: Series[] = shown.map((key) => ({ key, counts: buckets.map(({ counts }) => counts[key] ?? 0), total: totals.get(key) ?? 0 }))
  const rest = keys.slice(shown.length)
  if (rest.length > 0) series.push({ key: null, counts: buckets.map(({ counts }) => sum(rest.map((key) => counts[key] ?? 0))), total: sum(rest.map((key) => totals.get(key) ?? 0)) })
  return series
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}

/** Records of one value, or of all. */
export function totalOf(buckets: Histogram['buckets'], key?: string): number {
  return sum(buckets.map(({ counts }) => (key === undefined ? sum(Object.values(counts)) : (counts[key] ?? 0))))
}
