import { memo } from 'react'
import { Link } from 'react-router'
import type { EventRecord } from '../../api/types'
import { useWords } from '../../i18n'
import { eventTime, numberField, readableTarget, textField } from '../../kit/event'
import { useEventWords } from '../../kit/event-words'
import { useLanguage } from '../../kit/preferences'
import { searchHref } from '../../kit/query'
import { ActionTag } from '../../kit/severity'
import { formatDuration } from '../../kit/time'
import { TimeText } from '../../kit/TimeText'
import { liveWords } from './i18n'

interface TrafficTableProps {
  rows: EventRecord[]
  q: string
  /** Whether a row came while the page was open. */
  isFresh: (row: EventRecord) => boolean
}

/** The newest requests and attacks. Columns keep their width while rows come and go. */
export function TrafficTable({ rows, q, isFresh }: TrafficTableProps) {
  const words = useWords(liveWords)
  const columns = ['time', 'source', 'method', 'target', 'status', 'action', 'object', 'what'] as const
  return (
    <div className="live-scroll traffic-scroll" tabIndex={0} role="region" aria-label={words.title}>
      <table className="live-table traffic-table" data-testid="live-traffic">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={`traffic-${column}`}>
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TrafficRow key={row.address} row={row} q={q} fresh={isFresh(row)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A record does not change, so a row is drawn once however fast others come. */
const TrafficRow = memo(function TrafficRow({ row, q, fresh }: { row: EventRecord; q: string; fresh: boolean }) {
  const words = useWords(liveWords)
  const { event } = row
  const path = readableTarget(textField(event, 'url.path'))
  const host = textField(event, 'url.domain')
  const isAttack = row.stream === 'waf'
  const isDrill = Array.isArray(event.tags) && event.tags.includes('drill')
  return (
    <tr className={`${fresh ? 'fresh' : ''}${isAttack ? ' attack-row' : ''}`} data-address={row.address}>
      <td>
        <Link to={searchHref({ q, range: { preset: '15m' }, open: row.address })}>
          <TimeText us={eventTime(event)} show="clock" />
          <span className="visually-hidden">{words.open(row.address)}</span>
        </Link>
      </td>
      <td>
        <code className="figures">{textField(event, 'source.ip') || '—'}</code>
      </td>
      <td>{textField(event, 'http.request.method') || '—'}</td>
      <td title={`${host}${path}`}>
        {path} <span className="muted">{host}</span>
      </td>
      <td className="figures">{textField(event, 'http.response.status_code') || '—'}</td>
      <td>
        <ActionTag event={event} />
      </td>
      <td title={textField(event, 'waf.object')}>{textField(event, 'waf.object') || '—'}</td>
      <td>
        {isAttack ? <CategoryText code={textField(event, 'rule.category')} /> : <TakenText us={(numberField(event, 'event.duration') ?? 0) / 1_000} />}
        {isDrill && <span className="drill-tag">{words.drill}</span>}
      </td>
    </tr>
  )
})

function CategoryText({ code }: { code: string }) {
  return <strong>{useEventWords().category(code)}</strong>
}

function TakenText({ us }: { us: number }) {
  const language = useLanguage()
  return <span className="figures muted">{us === 0 ? '—' : formatDuration(Math.round(us), language)}</span>
}
