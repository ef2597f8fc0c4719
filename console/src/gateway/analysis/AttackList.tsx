import { DownloadOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { EventRecord } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { saveFile, toCsv } from '../../kit/csv'
import { DataTable, useKeyset, type Columns } from '../../kit/DataTable'
import { eventTime, textField } from '../../kit/event'
import { useEventWords } from '../../kit/event-words'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { searchHref } from '../../kit/query'
import type { TimeRange } from '../../kit/range'
import { ActionTag } from '../../kit/severity'
import { ActionError, EmptyState } from '../../kit/states'
import { TimeText } from '../../kit/TimeText'
import { attackRows, COLUMNS, urlOf } from './attack-file'
import { analysisWords } from './i18n'
import { readAll, useNewest, type Question } from './questions'
import { useCounted } from './useCounted'

const PAGE_ROWS = 20

interface AttackListProps {
  question: Question
  range: TimeRange
  onWiden: () => void
}

/** The attacks of the range, newest first; as a file also those beyond the list. */
export function AttackList({ question, range, onWiden }: AttackListProps) {
  const words = useWords(analysisWords)
  const newest = useNewest(question)
  const counted = useCounted(question)
  const keyset = useKeyset(`${question.q} ${question.span.from} ${question.span.to}`)
  const rows = newest.data?.rows
  const at = Number(keyset.cursor ?? 0)
  const next = at + PAGE_ROWS
  const { save, isBusy, read, error } = useExport(question)
  return (
    <Panel
      flush
      title={words.list}
      extra={
        <>
          <span className="muted">{isBusy ? words.exporting(formatCount(read)) : counted}</span>
          <Button icon={<DownloadOutlined />} loading={isBusy} disabled={rows === undefined || rows.length === 0} onClick={() => void save()}>
            {words.export}
          </Button>
        </>
      }
    >
      <ActionError error={error} />
      <DataTable<EventRecord>
        label={words.list}
        rows={rows?.slice(at, next)}
        columns={useColumns(question.q, range)}
        rowKey={(row) => row.address}
        query={newest}
        keyset={keyset}
        nextCursor={rows !== undefined && next < rows.length ? String(next) : null}
        long
        empty={<EmptyState title={words.empty} why={words.emptyWhy} action={<Button onClick={onWiden}>{words.widen}</Button>} />}
      />
    </Panel>
  )
}

function useExport(question: Question) {
  const words = useWords(analysisWords)
  const names = useEventWords()
  const { message } = App.useApp()
  const [read, setRead] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    setError(null)
    setRead(0)
    try {
      const { records, isWhole } = await readAll(question, setRead)
      saveFile('medward-attacks.csv', 'text/csv;charset=utf-8', toCsv(COLUMNS.map((column) => words.columns[column]), attackRows(records, names)))
      const count = formatCount(records.length)
      if (isWhole) void message.success(words.exported(count))
      else void message.warning(words.exportPartial(count), 10)
    } catch (failure) {
      setError(failure)
    }
    setRead(null)
  }
  return { save, isBusy: read !== null, read: read ?? 0, error }
}

function code(field: string) {
  return (_: unknown, row: EventRecord) => <code className="figures">{textField(row.event, field) || '—'}</code>
}

function useColumns(q: string, range: TimeRange): Columns<EventRecord> {
  const words = useWords(analysisWords)
  const { common } = useWords(shared)
  const names = useEventWords()
  return [
    {
      title: words.columns.time,
      key: 'time',
      width: 156,
      render: (_, row) => (
        <Link to={searchHref({ q, range, open: row.address })}>
          <TimeText us={eventTime(row.event)} />
          <span className="visually-hidden">{words.open(row.address)}</span>
        </Link>
      ),
    },
    { title: words.columns.source, key: 'source', width: 128, render: code('source.ip') },
    { title: words.columns.category, key: 'category', width: 116, render: (_, row) => names.category(textField(row.event, 'rule.category')) || common.unknown },
    { title: words.columns.rule, key: 'rule', width: 152, render: code('rule.id') },
    {
      title: words.columns.url,
      key: 'url',
      render: (_, row) => (
        <span className="what-cell attack-url" title={`${textField(row.event, 'url.domain')}${urlOf(row.event)}`}>
          <span className="muted">{textField(row.event, 'http.request.method')}</span> {urlOf(row.event)} <span className="muted">{textField(row.event, 'url.domain')}</span>
        </span>
      ),
    },
    { title: words.columns.object, key: 'object', width: 124, render: (_, row) => <span className="what-cell">{textField(row.event, 'waf.object') || '—'}</span> },
    { title: words.columns.action, key: 'action', width: 90, render: (_, row) => <ActionTag event={row.event} /> },
    { title: words.columns.status, key: 'status', width: 70, align: 'right', render: code('http.response.status_code') },
  ]
}
