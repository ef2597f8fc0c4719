import { PauseOutlined, RightOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { api, take } from '../../api/client'
import type { EventRecord } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { eventTime, readableTarget, textField } from '../../kit/event'
import { useEventWords } from '../../kit/event-words'
import { Panel } from '../../kit/Page'
import { searchHref } from '../../kit/query'
import type { TimeRange } from '../../kit/range'
import { ActionTag, SeverityTag } from '../../kit/severity'
import { EmptyState, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { TimeText } from '../../kit/TimeText'
import { gatewayWords } from '../i18n'
import { mergeNewest, useTail } from './useTail'

export const ATTACKS = 'stream:waf'
const FIRST_ROWS = 30

interface LiveAttacksProps {
  range: TimeRange
  span: { from: number; to: number }
  onArrival: () => void
}

/** The newest attacks, added to as they happen. */
export function LiveAttacks({ range, span, onArrival }: LiveAttacksProps) {
  const words = useWords(gatewayWords).overview
  const all = useWords(shared)
  const tail = useTail(ATTACKS, onArrival)
  // While the list is paused it shows what it held when the button was pressed.
  const [frozen, setFrozen] = useState<EventRecord[] | null>(null)
  const paused = frozen !== null
  const waiting = frozen === null ? 0 : tail.rows.filter((row) => !frozen.some((held) => held.address === row.address)).length
  const shown = frozen ?? tail.rows
  const first = useQuery({
    queryKey: ['vault', 'search', 'overview', span.from],
    queryFn: () => take(api.GET('/api/v1/vault/search', { params: { query: { q: ATTACKS, from: span.from, to: span.to, limit: FIRST_ROWS } } })),
    staleTime: 60_000,
  })
  const { refetch } = first
  useEffect(() => {
    // What happened between the first answer and the opening of the stream, or while it was down, came by neither.
    if (tail.state === 'live') void refetch()
  }, [tail.state, refetch])
  return (
    <Panel
      flush
      className="live-panel"
      title={words.live}
      extra={
        <>
          {paused ? (
            <StatusTag meaning="off">{waiting > 0 ? words.newRows(waiting) : words.livePaused}</StatusTag>
          ) : tail.state === 'live' ? (
            <StatusTag meaning="ok">{all.live}</StatusTag>
          ) : (
            <StatusTag meaning={tail.state === 'broken' ? 'high' : 'off'}>{tail.state === 'broken' ? all.liveBroken : all.liveConnecting}</StatusTag>
          )}
          <Button size="small" icon={paused ? <RightOutlined /> : <PauseOutlined />} onClick={() => setFrozen(paused ? null : tail.rows)}>
            {paused ? words.resume : words.pause}
          </Button>
          <Link to={searchHref({ q: ATTACKS, range })}>{words.all}</Link>
        </>
      }
    >
      <Loaded query={first} lines={8}>
        {(data) => {
          const rows = mergeNewest(shown, data.rows, 50)
          const arrived = new Set(shown.map((row) => row.address))
          if (rows.length === 0) return <EmptyState title={words.empty} why={words.emptyWhy} />
          return (
            <div className="live-scroll" tabIndex={0} role="region" aria-label={words.live}>
              <table className="live-table" data-testid="live-attacks">
                <thead>
                  <tr>
                    <th scope="col">{words.columns.time}</th>
                    <th scope="col">{words.columns.source}</th>
                    <th scope="col">{words.columns.action}</th>
                    <th scope="col">{words.columns.category}</th>
                    <th scope="col">{words.columns.target}</th>
                    <th scope="col">{words.columns.rule}</th>
                  </tr>
                </thead>
                <tbody aria-live="polite" aria-relevant="additions">
                  {rows.map((row) => (
                    <AttackRow key={row.address} row={row} fresh={arrived.has(row.address)} range={range} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }}
      </Loaded>
    </Panel>
  )
}

function AttackRow({ row, fresh, range }: { row: EventRecord; fresh: boolean; range: TimeRange }) {
  const words = useWords(gatewayWords).overview
  const names = useEventWords()
  const { event } = row
  const tags = Array.isArray(event.tags) ? event.tags : []
  const path = readableTarget(textField(event, 'url.path'))
  return (
    <tr className={fresh ? 'fresh' : undefined} data-address={row.address}>
      <td>
        <Link to={searchHref({ q: ATTACKS, range, open: row.address })}>
          <TimeText us={eventTime(event)} show="clock" />
          <span className="visually-hidden">{words.open(row.address)}</span>
        </Link>
      </td>
      <td>
        <code className="figures">{textField(event, 'source.ip')}</code>
      </td>
      <td>
        <span className="pair">
          <SeverityTag severity={event['event.severity']} />
          <ActionTag event={event} />
        </span>
      </td>
      <td>
        {names.category(textField(event, 'rule.category'))}
        {tags.includes('drill') && <span className="drill-tag">{words.drill}</span>}
      </td>
      <td className="target-cell" title={`${textField(event, 'url.domain')}${path}`}>
        <span className="muted">{textField(event, 'http.request.method')}</span> {path} <span className="muted">{textField(event, 'url.domain')}</span>
      </td>
      <td>
        <code title={names.rule(textField(event, 'rule.id'), textField(event, 'rule.name'))}>{textField(event, 'rule.id')}</code>
      </td>
    </tr>
  )
}
