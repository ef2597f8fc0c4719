import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useWords } from '../../i18n'
import { useEventWords } from '../../kit/event-words'
import { filtersFrom, filtersTo, withFilters, withoutFilter, type EventFilter } from './filters'
import { filterWords } from './i18n'

/** A choice is drawn before the next one can be made; as a transition it would wait for the answers that are coming in. */
export const AT_ONCE = { flushSync: true } as const

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
  const change = (edit: (filters: EventFilter[]) => EventFilter[]) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        filtersTo(edit(filtersFrom(before)), next)
        return next
      },
      AT_ONCE,
    )
  return {
    all,
    add: (...added) => change((before) => withFilters(before, added)),
    remove: (gone) => change((before) => withoutFilter(before, gone)),
    clear: () => change(() => []),
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
