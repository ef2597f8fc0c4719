import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useWords } from '../../i18n'
import { useEventWords } from '../../kit/event-words'
import { filtersFrom, filtersTo, withFilters, withoutFilter, type EventFilter } from './filters'
import { filterWords } from './i18n'

export interface Filters {
  all: EventFilter[]
  add: (...added: EventFilter[]) => void
  remove: (gone: EventFilter) => void
  clear: () => void
}

/** The filters in the address of the page. Each change is a step that 后退 takes back. */
export function useFilters(): Filters {
  const [params, setParams] = useSearchParams()
  const key = params.toString()
  const all = useMemo(() => filtersFrom(new URLSearchParams(key)), [key])
  const write = (filters: EventFilter[]) => {
    const next = new URLSearchParams(params)
    filtersTo(filters, next)
    setParams(next)
  }
  return {
    all,
    add: (...added) => write(withFilters(all, added)),
    remove: (gone) => write(withoutFilter(all, gone)),
    clear: () => write([]),
  }
}

/** What a person calls the value of a filter. */
export function useValueName(): (filter: EventFilter) => string {
  const names = useEventWords()
  const words = useWords(filterWords)
  return ({ key, value }) => {
    if (value === '') return words.none
    if (key === 'category') return names.category(value)
    if (key === 'action') return names.action({ 'event.action': value })
    return value
  }
}
