import { Button, Input, Select } from 'antd'
import type { ReactNode } from 'react'
import { shared, useWords } from '../../i18n'
import type { FilterKey } from './filters'
import { filterWords } from './i18n'
import { useValueName, type Filters } from './useFilters'
import './filters.css'

interface FilterBarProps {
  filters: Filters
  /** Values to choose from, by kind. */
  choices: Partial<Record<FilterKey, readonly string[]>>
  /** Kinds that a person types. */
  typed: readonly ('source' | 'contains')[]
  /** Stands before the choices. */
  before?: ReactNode
}

/** Choices that add a filter, and the filters in force, each with its own way out. */
export function FilterBar({ filters, choices, typed, before }: FilterBarProps) {
  const words = useWords(filterWords)
  const nameOf = useValueName()
  const placeholders = { source: words.sourcePlaceholder, contains: words.containsPlaceholder }
  return (
    <div className="event-filters" role="group" aria-label={words.label}>
      <div className="event-filter-row">
        {before}
        {(Object.keys(choices) as FilterKey[]).map((key) => (
          <Select
            key={key}
            aria-label={words.kinds[key]}
            className="event-filter-choice"
            placeholder={words.kinds[key]}
            value={null}
            showSearch={{ optionFilterProp: 'label' }}
            options={(choices[key] ?? []).map((value) => ({ value, label: nameOf({ key, value }) }))}
            onChange={(value: string | null) => value !== null && filters.add({ key, value })}
          />
        ))}
        {typed.map((key) => (
          <Input
            key={`${key} ${filters.all.length}`}
            aria-label={placeholders[key]}
            className="event-filter-text"
            placeholder={placeholders[key]}
            maxLength={200}
            onPressEnter={({ currentTarget: { value } }) => value.trim() !== '' && filters.add({ key, value: value.trim() })}
          />
        ))}
      </div>
      <FilterChips filters={filters} />
    </div>
  )
}

function FilterChips({ filters }: { filters: Filters }) {
  const words = useWords(filterWords)
  const nameOf = useValueName()
  if (filters.all.length === 0) return <p className="event-chips muted">{words.noFilters}</p>
  return (
    <ul className="event-chips" aria-label={words.active}>
      {filters.all.map((filter) => (
        <li key={`${filter.key} ${filter.value}`}>
          <button type="button" className="event-chip" onClick={() => filters.remove(filter)}>
            <span className="visually-hidden">{words.remove}</span>
            <span className="muted">{words.kinds[filter.key]}</span> <span className="event-chip-value">{nameOf(filter)}</span>
            <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      <li>
        <Button type="link" size="small" onClick={filters.clear}>
          {words.clear}
        </Button>
      </li>
    </ul>
  )
}

/** All categories of attacks, in the order of the dictionary. */
export function useCategories(): string[] {
  return Object.keys(useWords(shared).category)
}
