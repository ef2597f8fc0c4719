import { Link } from 'react-router'
import { shared, useWords } from '../../i18n'
import { useEventWords } from '../../kit/event-words'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { searchHref } from '../../kit/query'
import type { TimeRange } from '../../kit/range'
import { Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { FIELDS, queryOf } from '../events/filters'
import { useValueName, type Filters } from '../events/useFilters'
import { analysisWords } from './i18n'
import { MOST_VALUES, useTop, type Question } from './questions'

const SHOWN = 8

export type TopKey = 'object' | 'category' | 'source' | 'rule' | 'path'

interface TopProps {
  by: TopKey
  question: Question
  range: TimeRange
  filters: Filters
}

/** The most frequent values of a field: the name filters by it, the count opens its records. */
export function Top({ by, question, range, filters }: TopProps) {
  const words = useWords(analysisWords)
  const { partial } = useWords(shared).error
  const nameOf = useValueName()
  const names = useEventWords()
  const top = useTop(question, FIELDS[by], MOST_VALUES)
  const isCode = by === 'source' || by === 'rule' || by === 'path'
  return (
    <Panel title={words.tops[by]} className="analysis-top">
      <Loaded query={top} lines={6} compact>
        {({ items, complete }) => {
          if (items.length === 0) return <p className="muted">{words.empty}</p>
          const most = Math.max(...items.map(({ count }) => count))
          return (
            <>
              {!complete && <StatusTag meaning="high">{partial}</StatusTag>}
              <ol className="top-list">
                {items.slice(0, SHOWN).map(({ value, count }) => {
                  const filter = { key: by, value } as const
                  const note = by === 'rule' ? names.rule(value) : ''
                  return (
                    <li key={value} className="top-row">
                      <button type="button" className={isCode ? 'top-name figures code' : 'top-name'} title={words.filterBy(nameOf(filter))} disabled={value === ''} onClick={() => filters.add(filter)}>
                        {nameOf(filter)}
                      </button>
                      <Link className="top-count figures" to={searchHref({ q: queryOf(question.q, [filter]), range })} aria-label={`${words.recordsOf(nameOf(filter))} ${formatCount(count)}`}>
                        {formatCount(count)}
                      </Link>
                      {note !== '' && <span className="top-note">{note}</span>}
                      <span className="top-bar" aria-hidden="true">
                        <span style={{ width: `${(count / most) * 100}%` }} />
                      </span>
                    </li>
                  )
                })}
              </ol>
            </>
          )
        }}
      </Loaded>
    </Panel>
  )
}
