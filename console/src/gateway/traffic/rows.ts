/**
 * Lists that are loaded whole, so that people can search and sort them: rules by their number, bans by their end. The API hands
 * them out in pages by id.
 */
import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useKeyset, type Columns } from '../../kit/DataTable'

/** Rows that are loaded at most; with more of them a list says so. */
export const MOST_ROWS = 5_000
const PAGE_ROWS = 50

interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

export interface Whole<T> {
  items: T[]
  /** Whether there is nothing more. */
  isWhole: boolean
}

/** Every page of a list, as long as there are not too many. */
export async function everyPage<T>(fetchPage: (cursor: string | undefined) => Promise<Page<T>>, most = MOST_ROWS): Promise<Whole<T>> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page tells where the next one begins
    const page = await fetchPage(cursor)
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && items.length < most)
  return { items, isWhole: cursor === undefined }
}

/** What a person looks for, in the address; what is not said is not asked. */
export function useFind(): [(key: string) => string, (key: string, value: string) => void] {
  const [params, setParams] = useSearchParams()
  const set = (key: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === '') next.delete(key)
        else next.set(key, value)
        return next
      },
      { replace: true },
    )
  return [(key) => params.get(key) ?? '', set]
}

/** Whether one of these texts holds what is looked for. */
export function holds(wanted: string, ...texts: (string | null | undefined)[]): boolean {
  const low = wanted.trim().toLowerCase()
  return low === '' || texts.some((text) => text?.toLowerCase().includes(low))
}

export type SortKeys<T> = Record<string, (row: T) => string | number>

/** The rows in the order asked for; a minus before the name of a key turns it around. */
export function inOrder<T>(rows: readonly T[], keys: SortKeys<T>, sort: string): T[] {
  const of = keys[sort.replace(/^-/, '')]
  if (of === undefined) return [...rows]
  const turn = sort.startsWith('-') ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [of(one), of(other)]
    return turn * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh'))
  })
}

/** One page of the rows that somebody looks for, and columns that sort them. */
export function useRows<T extends object>(rows: readonly T[] | undefined, isWanted: (row: T) => boolean, keys: SortKeys<T>, first: string) {
  const [find, setFind] = useFind()
  const [params] = useSearchParams()
  const sort = find('sort') || first
  const found = useMemo(() => rows && inOrder(rows.filter(isWanted), keys, sort), [rows, isWanted, keys, sort])
  const keyset = useKeyset(params.toString())
  const at = Number(keyset.cursor ?? 0)
  const next = at + PAGE_ROWS
  const columns = (all: Columns<T>): Columns<T> =>
    all.map((column) => {
      const key = String(column.key)
      if (keys[key] === undefined) return column
      return { ...column, sorter: true, sortOrder: sort === key ? 'ascend' : sort === `-${key}` ? 'descend' : null }
    })
  return {
    found,
    columns,
    table: {
      rows: found?.slice(at, next),
      keyset,
      nextCursor: found !== undefined && next < found.length ? String(next) : null,
      onSort: (column: string, order: 'ascend' | 'descend' | null) => setFind('sort', order === null ? '' : order === 'descend' ? `-${column}` : column),
    },
  }
}
