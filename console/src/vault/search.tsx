import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Popover, Select } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, take } from '../api/client'
import type { EventRecord } from '../api/types'
import { shared, useWords } from '../i18n'
import { saveFile, toCsv } from '../kit/csv'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { eventTime, textField, valueText } from '../kit/event'
import { useEventWords } from '../kit/event-words'
import { formatCount } from '../kit/number'
import { PageHead, Panel } from '../kit/Page'
import { narrow, searchHref, streamOf, withStream } from '../kit/query'
import { rangeFromParams, rangeToParams, resolveRange, type TimeRange } from '../kit/range'
import { ActionTag, SeverityTag } from '../kit/severity'
import { EmptyState } from '../kit/states'
import { StatusTag } from '../kit/status'
import { formatTime } from '../kit/time'
import { TimeRangePicker } from '../kit/TimeRangePicker'
import { TimeText } from '../kit/TimeText'
import { vaultWords } from './i18n'
import { CountChart } from './parts/CountChart'
import { CountTable, countsToCsv } from './parts/CountTable'
import { EventDrawer, parseAddress } from './parts/EventDrawer'
import { QueryBar } from './parts/QueryBar'

const PAGE_ROWS = 50
const STREAMS = ['waf', 'access', 'auth', 'admin', 'vault'] as const

export default function Search() {
  const words = useWords(vaultWords).search
  const { common } = useWords(shared)
  const [params, setParams] = useSearchParams()
  const q = params.get('q') ?? ''
  const range = rangeFromParams(params, '1h')
  const rangeKey = JSON.stringify(range)
  const [asked, setAsked] = useState(0)
  // A preset is resolved once per search, so that paging and the chart speak of the same span.
  // oxlint-disable-next-line react/exhaustive-deps -- `asked` is the wish to look at the clock again
  const span = useMemo(() => resolveRange(JSON.parse(rangeKey) as TimeRange), [rangeKey, asked])
  const keyset = useKeyset(`${q} ${span.from} ${span.to}`)

  const result = useQuery({
    queryKey: ['vault', 'search', q, span.from, span.to, keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/vault/search', { params: { query: { q, from: span.from, to: span.to, cursor: keyset.cursor, limit: PAGE_ROWS } } })),
    placeholderData: (before) => before,
  })

  const change = (edit: (next: URLSearchParams) => void) => {
    const next = new URLSearchParams(params)
    edit(next)
    setParams(next)
  }
  const setQuery = (query: string) => {
    setAsked((times) => times + 1)
    change((next) => {
      if (query === '') next.delete('q')
      else next.set('q', query)
    })
  }
  const setRange = (chosen: TimeRange) => {
    setAsked((times) => times + 1)
    change((next) => rangeToParams(chosen, next))
  }
  const hrefOpening = (address: string) => searchHref({ q, range, open: address })
  const columns = useColumns(hrefOpening)
  const rows = result.data?.rows
  const counted = result.data?.columns ?? null
  const table = result.data?.table ?? []
  const exported = counted === null ? rows : table
  const save = () => {
    if (counted !== null) saveFile('medward-counts.csv', 'text/csv;charset=utf-8', countsToCsv(counted, table))
    else if (rows) exportRows(rows)
  }

  return (
    <>
      <PageHead
        title={words.title}
        about={words.about}
        actions={
          <Button icon={<DownloadOutlined />} disabled={exported === undefined || exported.length === 0} onClick={save}>
            {common.exportCsv}
          </Button>
        }
      />
      <Panel>
        <div className="search-controls">
          <Select
            aria-label={words.stream}
            className="stream-select"
            value={streamOf(q) ?? ''}
            options={[{ value: '', label: words.all }, ...streamOptions(streamOf(q)).map((stream) => ({ value: stream, label: <StreamName stream={stream} /> }))]}
            onChange={(stream: string) => setQuery(withStream(q, stream === '' ? null : stream))}
          />
          <QueryBar key={q} query={q} onRun={setQuery} busy={result.isFetching} />
          <Popover trigger="click" placement="bottomRight" content={<SyntaxNote />}>
            <Button type="text">{words.syntax}</Button>
          </Popover>
        </div>
        <TimeRangePicker value={range} onChange={setRange} />
        <CountChart q={q} span={span} onSpan={setRange} />
      </Panel>
      <Panel
        flush
        title={words.results}
        extra={
          result.data && (
            <span className="muted figures">
              {counted === null ? words.newest : words.counted(formatCount(table.length))} · {words.scanned(formatCount(result.data.scanned))}
            </span>
          )
        }
      >
        {result.data && !result.data.complete && (
          <p className="partial-note">
            <StatusTag meaning="high">{words.incomplete(incompleteReason(result.data.reason, words, common.unknown))}</StatusTag>
          </p>
        )}
        {counted !== null && <CountTable columns={counted} table={table} query={result} />}
        {counted === null && (
        <DataTable<EventRecord>
          label={words.results}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.address}
          query={result}
          keyset={keyset}
          nextCursor={result.data?.next_cursor}
          long
          onRowClick={(row) => change((next) => next.set('open', row.address))}
          rowClassName={(row) => (row.address === params.get('open') ? 'row-open' : '')}
          empty={<EmptyState title={words.empty} why={words.emptyWhy} action={<Button onClick={() => setRange({ preset: '7d' })}>{words.widen}</Button>} />}
        />
        )}
      </Panel>
      <EventDrawer
        address={parseAddress(params.get('open'))}
        onClose={() => change((next) => next.delete('open'))}
        narrowed={(filter) => searchHref({ q: narrow(q, filter), range })}
      />
    </>
  )
}

function incompleteReason(reason: string | null | undefined, words: typeof vaultWords.zh.search, unknown: string): string {
  return reason == null ? unknown : (words.incompleteReasons[reason] ?? reason)
}

function streamOptions(current: string | null): string[] {
  return current === null || STREAMS.some((stream) => stream === current) ? [...STREAMS] : [...STREAMS, current]
}

function StreamName({ stream }: { stream: string }) {
  const names = useWords(shared).streams as Record<string, string>
  return (
    <span>
      {names[stream] ?? stream} <code className="muted">{stream}</code>
    </span>
  )
}

function SyntaxNote() {
  const words = useWords(vaultWords).search
  return (
    <ul className="syntax-note">
      {[words.syntaxWord, words.syntaxField, words.syntaxLogic, words.syntaxStream, words.syntaxPipe].map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

function useColumns(hrefOpening: (address: string) => string): Columns<EventRecord> {
  const words = useWords(vaultWords).search
  const names = useEventWords()
  return [
    {
      title: words.columns.time,
      key: 'time',
      width: 180,
      render: (_, row) => (
        <Link to={hrefOpening(row.address)} onClick={(event) => event.stopPropagation()}>
          <TimeText us={eventTime(row.event)} show="milli" />
          <span className="visually-hidden">{words.open(row.address)}</span>
        </Link>
      ),
    },
    { title: words.columns.address, key: 'address', width: 110, render: (_, row) => <code className="figures">{row.address}</code> },
    { title: words.columns.level, key: 'level', width: 80, render: (_, row) => <SeverityTag severity={row.event['event.severity']} /> },
    {
      title: words.columns.kind,
      key: 'kind',
      width: 190,
      render: (_, row) => (
        <span className="kind-cell">
          <ActionTag event={row.event} />
          <span className="muted">{names.category(textField(row.event, 'rule.category')) || names.dataset(textField(row.event, 'event.dataset'))}</span>
        </span>
      ),
    },
    { title: words.columns.source, key: 'source', width: 140, render: (_, row) => <code className="figures">{textField(row.event, 'source.ip') || '—'}</code> },
    { title: words.columns.what, key: 'what', render: (_, row) => <WhatCell text={names.summary(row.event)} /> },
  ]
}

function WhatCell({ text }: { text: string }) {
  return (
    <span className="what-cell" title={text}>
      {text}
    </span>
  )
}

/** The rows on the screen, one column per field that any of them has. */
function exportRows(rows: EventRecord[]): void {
  const fields = Array.from(new Set(rows.flatMap((row) => Object.keys(row.event)))).sort()
  const header = ['address', 'time_beijing', ...fields]
  const lines = rows.map((row) => {
    const time = eventTime(row.event)
    return [row.address, time === null ? '' : formatTime(time, 'milli'), ...fields.map((field) => valueText(row.event[field]))]
  })
  saveFile('medward-events.csv', 'text/csv;charset=utf-8', toCsv(header, lines))
}
