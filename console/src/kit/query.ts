/**
 * Builds queries in the vault's language (spec vault.md §7) and links to the event search. Every figure of the
 * console leads to its evidence through `searchHref`.
 */
import { rangeToParams, type TimeRange } from './range'

/** Values of these characters need no quotes. */
const PLAIN = /^[A-Za-z0-9_./-]+$/

/** `field:=value`, quoted when the value holds anything but plain characters. */
export function fieldIs(field: string, value: string | number): string {
  return `${field}:=${quoted(String(value))}`
}

export function fieldIsNot(field: string, value: string | number): string {
  return `NOT ${fieldIs(field, value)}`
}

function quoted(value: string): string {
  if (PLAIN.test(value)) return value
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`
}

/** Joins filters that must all hold; blanks and repetitions are left out. */
export function allOf(...filters: string[]): string {
  const seen = new Set<string>()
  for (const filter of filters) {
    const trimmed = filter.trim()
    if (trimmed !== '') seen.add(trimmed)
  }
  return Array.from(seen).join(' ')
}

/** Adds a filter to what a person typed. A top-level OR keeps its meaning by brackets. */
export function narrow(query: string, filter: string): string {
  const base = query.trim()
  if (base === '' || base === '*') return filter
  return / OR /.test(base) ? allOf(`(${base})`, filter) : allOf(base, filter)
}

/** Replaces the `stream:` part of a query; `null` takes it away. */
export function withStream(query: string, stream: string | null): string {
  const rest = query.replace(/(^|\s)stream:\S+/g, ' ').trim()
  return stream === null ? rest : allOf(`stream:${stream}`, rest)
}

export function streamOf(query: string): string | null {
  return /(?:^|\s)stream:([a-z]+)(?:\s|$)/.exec(query)?.[1] ?? null
}

export interface SearchLink {
  q: string
  range?: TimeRange
  /** Address of a record whose evidence is opened, such as `waf:12`. */
  open?: string
}

/** The address of the event search for a query. */
export function searchHref({ q, range, open }: SearchLink): string {
  const params = new URLSearchParams()
  if (q !== '') params.set('q', q)
  if (range) rangeToParams(range, params)
  if (open !== undefined) params.set('open', open)
  return `/vault/search?${params.toString()}`
}
