import { PauseOutlined, RightOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, take } from '../../api/client'
import type { EventRecord } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { PageHead, Panel } from '../../kit/Page'
import { searchHref } from '../../kit/query'
import { EmptyState, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { MINUTE_US, nowUs } from '../../kit/time'
import { FilterBar } from '../events/FilterBar'
import { AT_ONCE, useFilters } from '../events/useFilters'
import { mergeNewest } from '../parts/useTail'
import { liveWords } from './i18n'
import type { StatusClass } from './rate'
import { RatePanel } from './RatePanel'
import { TrafficTable } from './TrafficTable'
import { KINDS, kindOf, trafficQuery } from './traffic-query'
import { KEPT_ROWS, useTraffic, type Traffic } from './useTraffic'
import './live.css'

/** What the list begins with, before anything new comes. */
const FIRST_ROWS = 100
const FIRST_SPAN_US = 15 * MINUTE_US

const CHOICES = {
  method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  status: ['2xx', '3xx', '4xx', '5xx'],
  action: ['serve', 'deny', 'block', 'challenge', 'observe', 'pass'],
} as const

/** The newest records of a query; they also tell whether it can be read. */
function useFirst(q: string) {
  const [from] = useState(() => nowUs() - FIRST_SPAN_US)
  return useQuery({
    queryKey: ['vault', 'search', 'live', q, from],
    queryFn: () => take(api.GET('/api/v1/vault/search', { params: { query: { q, from, limit: FIRST_ROWS } } })),
    staleTime: 60_000,
  })
}

/** Objects with traffic of late, to choose from. */
function useObjects(): string[] {
  const top = useQuery({
    queryKey: ['vault', 'top', 'live', 'waf.object'],
    queryFn: () => take(api.GET('/api/v1/vault/top', { params: { query: { q: '(stream:access OR stream:waf)', field: 'waf.object', limit: 1_000 } } })),
    staleTime: 5 * 60_000,
  })
  return (top.data?.items ?? []).map(({ value }) => value)
}

/** Parts of the address beside the filters. */
function useParam(key: string): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams()
  const set = (value: string) => {
    const next = new URLSearchParams(params)
    if (value === '') next.delete(key)
    else next.set(key, value)
    setParams(next, AT_ONCE)
  }
  return [params.get(key) ?? '', set]
}

export default function LiveTraffic() {
  const words = useWords(liveWords)
  const filters = useFilters()
  const [typed, setTyped] = useParam('q')
  const [kindText, setKind] = useParam('kind')
  const kind = kindOf(kindText)
  const q = trafficQuery(kind, filters.all, typed)
  const objects = useObjects()
  const pick = (chosen: StatusClass) => (chosen === 'attack' ? setKind('waf') : filters.add({ key: 'status', value: chosen }))
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Panel>
        <FilterBar
          filters={filters}
          choices={{ object: objects, ...CHOICES }}
          typed={['source', 'contains']}
          before={<Segmented aria-label={words.kind} value={kind} options={KINDS.map((value) => ({ value, label: words.kinds[value] }))} onChange={(value) => setKind(value === 'all' ? '' : value)} />}
        />
        <Input.Search
          key={typed}
          className="traffic-text"
          aria-label={words.textLabel}
          placeholder={words.textPlaceholder}
          defaultValue={typed}
          allowClear
          maxLength={1_000}
          onSearch={(text) => setTyped(text.trim())}
        />
      </Panel>
      <Followed key={q} q={q} onPick={pick} isFiltered={filters.all.length > 0 || typed !== '' || kind !== 'all'} />
    </>
  )
}

/** One query and what comes of it. */
function Followed({ q, onPick, isFiltered }: { q: string; onPick: (chosen: StatusClass) => void; isFiltered: boolean }) {
  const first = useFirst(q)
  const { traffic, book } = useTraffic(q, first.data !== undefined)
  return (
    <>
      <RatePanel book={book} onPick={onPick} />
      <TrafficPanel q={q} first={first} traffic={traffic} isFiltered={isFiltered} />
    </>
  )
}

interface TrafficPanelProps {
  q: string
  first: ReturnType<typeof useFirst>
  traffic: Traffic
  isFiltered: boolean
}

/** What the list showed, and how much had come, when it was paused. */
interface Frozen {
  rows: EventRecord[]
  arrived: number
}

function TrafficPanel({ q, first, traffic, isFiltered }: TrafficPanelProps) {
  const words = useWords(liveWords)
  const [frozen, setFrozen] = useState<Frozen | null>(null)
  const { refetch } = first
  useEffect(() => {
    // What happened between the first answer and the opening of the stream, or while it was down, came by neither.
    if (traffic.state === 'live') void refetch()
  }, [traffic.state, refetch])
  const rows = frozen?.rows ?? traffic.rows
  const fresh = useMemo(() => new Set(rows.map(({ address }) => address)), [rows])
  return (
    <Panel
      flush
      className="traffic-panel"
      title={
        <>
          {words.records} <span className="muted traffic-kept">{words.newest(KEPT_ROWS)}</span>
        </>
      }
      extra={
        <>
          <TrafficState traffic={traffic} frozen={frozen} />
          <Button size="small" icon={frozen === null ? <PauseOutlined /> : <RightOutlined />} onClick={() => setFrozen(frozen === null ? { rows: traffic.rows, arrived: traffic.arrived } : null)}>
            {frozen === null ? words.pause : words.resume}
          </Button>
          <Link to={searchHref({ q, range: { preset: '15m' } })}>{words.search}</Link>
        </>
      }
    >
      {traffic.skipped > 0 && (
        <p className="partial-note" role="status">
          <StatusTag meaning="high">{words.skipped(formatCount(traffic.skipped))}</StatusTag>
        </p>
      )}
      <Loaded query={first} lines={10}>
        {(data) => {
          const shown = mergeNewest(rows, data.rows, KEPT_ROWS)
          if (shown.length === 0) return <EmptyState title={words.empty} why={isFiltered ? words.emptyFiltered : words.emptyWhy} />
          return <TrafficTable rows={shown} q={q} isFresh={({ address }) => fresh.has(address)} />
        }}
      </Loaded>
    </Panel>
  )
}

function TrafficState({ traffic, frozen }: { traffic: Traffic; frozen: Frozen | null }) {
  const words = useWords(liveWords)
  const all = useWords(shared)
  if (frozen !== null) {
    const waiting = traffic.arrived - frozen.arrived
    return <StatusTag meaning="off">{waiting > 0 ? words.waiting(formatCount(waiting)) : words.paused}</StatusTag>
  }
  if (traffic.state === 'live') return <StatusTag meaning="ok">{all.live}</StatusTag>
  return <StatusTag meaning={traffic.state === 'broken' ? 'high' : 'off'}>{traffic.state === 'broken' ? all.liveBroken : all.liveConnecting}</StatusTag>
}
