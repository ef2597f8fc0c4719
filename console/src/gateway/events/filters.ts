/**
 * Filters of recorded requests and attacks. They stand in the address of a page, so that a narrowed view can be passed on, and they
 * make the query that is asked (spec vault.md §7). Values of one kind add up, kinds narrow each other.
 */
import { fieldIs } from '../../kit/query'

/** Kinds of filters, by the names under which they stand in the address. */
export const FILTER_KEYS = ['object', 'category', 'source', 'country', 'action', 'rule', 'path', 'method', 'status', 'contains'] as const
export type FilterKey = (typeof FILTER_KEYS)[number]

export interface EventFilter {
  key: FilterKey
  value: string
}

/** The recorded field that each kind looks at. */
export const FIELDS: Readonly<Record<FilterKey, string>> = {
  object: 'waf.object',
  category: 'rule.category',
  source: 'source.ip',
  country: 'client.geo.country_iso_code',
  action: 'event.action',
  rule: 'rule.id',
  path: 'url.path',
  method: 'http.request.method',
  status: 'http.response.status_code',
  contains: 'url.path',
}

/** Values of one kind at most; a query has 64 terms at most. */
const MOST_VALUES = 5
const NETWORK = /^[0-9a-f:.]+\/\d{1,3}$/i
const STATUS_CLASS = /^([1-5])xx$/

export function filtersFrom(params: URLSearchParams): EventFilter[] {
  return FILTER_KEYS.flatMap((key) =>
    Array.from(new Set(params.getAll(key).map((value) => value.trim())))
      .filter((value) => value !== '')
      .slice(0, MOST_VALUES)
      .map((value) => ({ key, value })),
  )
}

/** Writes the filters into the address and leaves the rest of it. */
export function filtersTo(filters: readonly EventFilter[], params: URLSearchParams): void {
  for (const key of FILTER_KEYS) params.delete(key)
  for (const { key, value } of filters) params.append(key, value)
}

function same(one: EventFilter, other: EventFilter): boolean {
  return one.key === other.key && one.value === other.value
}

/** Adds filters. A kind that is full loses its oldest value. */
export function withFilters(filters: readonly EventFilter[], added: readonly EventFilter[]): EventFilter[] {
  const all = [...filters.filter((filter) => !added.some((each) => same(filter, each))), ...added]
  return all.filter((filter, at) => all.slice(at + 1).filter(({ key }) => key === filter.key).length < MOST_VALUES)
}

export function withoutFilter(filters: readonly EventFilter[], gone: EventFilter): EventFilter[] {
  return filters.filter((filter) => !same(filter, gone))
}

/** The condition of one filter. A source may be a network, a status a class such as `4xx`. */
export function termOf({ key, value }: EventFilter): string {
  const field = FIELDS[key]
  const statusClass = key === 'status' ? STATUS_CLASS.exec(value)?.[1] : undefined
  if (statusClass !== undefined) return `${field}:[${statusClass}00,${statusClass}99]`
  if (key === 'source' && NETWORK.test(value)) return `${field}:cidr(${value})`
  return key === 'contains' ? holdsText(field, value) : fieldIs(field, value)
}

/** That a field holds this text somewhere, whatever the case: a word of the language would match whole words only. */
function holdsText(field: string, text: string): string {
  const pattern = `(?i)${text.replace(/[\\^$.*+?()[\]{}|#&~-]/g, '\\$&')}`
  return `${field}:~"${pattern.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`
}

/** The query of all filters within `base`, such as `stream:waf`. */
export function queryOf(base: string, filters: readonly EventFilter[]): string {
  const terms = FILTER_KEYS.flatMap((key) => {
    const ofKind = filters.filter((filter) => filter.key === key).map(termOf)
    if (ofKind.length === 0) return []
    return [ofKind.length === 1 ? ofKind.join('') : `(${ofKind.join(' OR ')})`]
  })
  return [base, ...terms].join(' ')
}
