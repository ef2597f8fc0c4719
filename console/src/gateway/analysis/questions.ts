/** What the page asks the vault. Every question is put on record there, so the page asks when a person does, not by the clock. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api, take } from '../../api/client'
import type { EventRecord, Histogram, SearchResult, Top } from '../../api/types'
import type { Span } from '../../kit/range'

/** Attacks; what the engine says of itself stands in the same stream. */
export const ATTACKS = 'stream:waf event.dataset:=waf.attack'

/** Records that the map and the list are made of; a page of the vault. */
export const NEWEST = 1_000

/** Rows of a file at most. */
export const EXPORT_ROWS = 10_000

/** Values of a field that are counted one by one. */
export const MOST_VALUES = 1_000

export interface Question {
  q: string
  span: Span
}

export function useCounts({ q, span }: Question, step: number, by: string): UseQueryResult<Histogram> {
  return useQuery({
    queryKey: ['vault', 'histogram', q, span.from, span.to, step, by],
    queryFn: () => take(api.GET('/api/v1/vault/histogram', { params: { query: { q, from: span.from, to: span.to, step_us: step, by } } })),
    placeholderData: keepPreviousData,
  })
}

export function useTop({ q, span }: Question, field: string, limit: number): UseQueryResult<Top> {
  return useQuery({
    queryKey: ['vault', 'top', q, field, span.from, span.to, limit],
    queryFn: () => take(api.GET('/api/v1/vault/top', { params: { query: { q, from: span.from, to: span.to, field, limit } } })),
    placeholderData: keepPreviousData,
  })
}

function page({ q, span }: Question, cursor?: string): Promise<SearchResult> {
  return take(api.GET('/api/v1/vault/search', { params: { query: { q, from: span.from, to: span.to, limit: NEWEST, cursor } } }))
}

export function useNewest(question: Question): UseQueryResult<SearchResult> {
  const { q, span } = question
  return useQuery({
    queryKey: ['vault', 'search', q, span.from, span.to, NEWEST],
    queryFn: () => page(question),
    placeholderData: keepPreviousData,
  })
}

export interface Exported {
  records: EventRecord[]
  /** Whether there are no more. */
  isWhole: boolean
}

/** Records for a file, newest first, page after page. `onRead` hears how many there are so far. */
export async function readAll(question: Question, onRead: (count: number) => void, ask: typeof page = page): Promise<Exported> {
  const records: EventRecord[] = []
  let cursor: string | undefined
  let isComplete = true
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page tells where the next one begins
    const { rows, next_cursor: next, complete } = await ask(question, cursor)
    records.push(...rows)
    onRead(records.length)
    isComplete &&= complete
    cursor = next ?? undefined
  } while (cursor !== undefined && records.length < EXPORT_ROWS)
  return { records: records.slice(0, EXPORT_ROWS), isWhole: isComplete && cursor === undefined }
}
