import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, take } from '../../api/client'
import { shared, useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { allOf, fieldIs, searchHref } from '../../kit/query'
import type { TimeRange } from '../../kit/range'
import { Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { gatewayWords } from '../i18n'
import { ATTACKS } from './LiveAttacks'

interface TopListProps {
  title: string
  field: string
  range: TimeRange
  span: { from: number; to: number }
  limit?: number
  /** The word for a value; the value itself when absent. */
  nameOf?: (value: string) => string
  code?: boolean
  /** A line below the value that says what it is. */
  noteOf?: (value: string) => string
}

/** The most frequent values of a field among attacks; each leads to its records. */
export function TopList({ title, field, range, span, limit = 6, nameOf, code, noteOf }: TopListProps) {
  const words = useWords(gatewayWords).overview
  const { partial } = useWords(shared).error
  const top = useQuery({
    queryKey: ['vault', 'top', field, span.from, span.to],
    queryFn: () => take(api.GET('/api/v1/vault/top', { params: { query: { q: ATTACKS, from: span.from, to: span.to, field, limit } } })),
    placeholderData: (before) => before,
  })
  return (
    <Panel title={title}>
      <Loaded query={top} lines={4} compact>
        {({ items, complete }) => {
          if (items.length === 0) return <p className="muted">{words.emptyTop}</p>
          const most = Math.max(...items.map((item) => item.count))
          return (
            <>
              {!complete && <StatusTag meaning="high">{partial}</StatusTag>}
              <ol className="top-list">
                {items.map((item) => (
                  <li key={item.value}>
                    <Link to={searchHref({ q: allOf(ATTACKS, fieldIs(field, item.value)), range })}>
                      <span className={code === true ? 'top-name figures code' : 'top-name'}>{nameOf ? nameOf(item.value) : item.value}</span>
                      {noteOf !== undefined && noteOf(item.value) !== '' && <span className="top-note">{noteOf(item.value)}</span>}
                      <span className="top-count figures">{formatCount(item.count)}</span>
                      <span className="top-bar" aria-hidden="true">
                        <span style={{ width: `${(item.count / most) * 100}%` }} />
                      </span>
                    </Link>
                  </li>
                ))}
              </ol>
            </>
          )
        }}
      </Loaded>
    </Panel>
  )
}
