import { useQuery } from '@tanstack/react-query'
import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { api, take } from '../api/client'
import type { AuditEntry } from '../api/types'
import { shared, useWords } from '../i18n'
import { saveFile, toCsv } from '../kit/csv'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { useEventWords } from '../kit/event-words'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { useLanguage } from '../kit/preferences'
import { allOf, fieldIs, searchHref } from '../kit/query'
import { EmptyState } from '../kit/states'
import { StatusTag, type Meaning } from '../kit/status'
import { formatDuration, formatTime } from '../kit/time'
import { TimeText } from '../kit/TimeText'
import { systemWords } from './i18n'

const OUTCOMES: Record<string, Meaning> = { begun: 'low', success: 'ok', failure: 'high', timeout: 'critical' }

export default function Audit() {
  const words = useWords(systemWords).audit
  const { common } = useWords(shared)
  const keyset = useKeyset('audit')
  const columns = useColumns()
  const list = useQuery({
    queryKey: ['system', 'audit', keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/system/audit', { params: { query: { cursor: keyset.cursor, limit: 50 } } })),
    placeholderData: (before) => before,
    refetchInterval: usePollWhenBroken(),
  })
  const rows = list.data?.items
  return (
    <>
      <PageHead
        title={words.title}
        about={words.about}
        actions={
          <Button icon={<DownloadOutlined />} disabled={rows === undefined || rows.length === 0} onClick={() => rows && exportRows(rows)}>
            {common.exportCsv}
          </Button>
        }
      />
      <Panel flush>
        <DataTable<AuditEntry>
          label={words.title}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          long
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
    </>
  )
}

/** Roles as the trail keeps them: one text with commas. */
export function roleList(roles: string): string[] {
  return roles.split(',').map((role) => role.trim()).filter((role) => role !== '')
}

type Done = Pick<AuditEntry, 'action' | 'object_type' | 'object_id'>

/** Signing in is recorded step by step; where nobody is known yet, the record names the step as its object. */
function signInStep(row: Done, words: typeof systemWords.zh.audit): string | null {
  if (row.object_type !== 'identity_login' || row.action !== 'update') return null
  return words.signInSteps[row.object_id] ?? null
}

/** What was done. */
export function auditAction(row: Done, words: typeof systemWords.zh.audit): string {
  if (row.object_type !== 'identity_login') return words.verbs[row.action] ?? row.action
  if (row.action === 'create') return words.signInPassword
  return signInStep(row, words) ?? words.signInFactor
}

/** Whom or what it was done to: no dash where the record has no object, and no step of a sign-in. */
export function auditObject(row: Done, words: typeof systemWords.zh.audit): string {
  return row.object_id === '-' || signInStep(row, words) !== null ? '' : row.object_id
}

function useColumns(): Columns<AuditEntry> {
  const words = useWords(systemWords).audit
  const names = useEventWords()
  const language = useLanguage()
  const { common, roles } = useWords(shared)
  const roleNames = roles as Record<string, string>
  return [
    { title: words.at, key: 'at', width: 180, render: (_, row) => <TimeText us={row.at} show="milli" /> },
    {
      title: words.who,
      key: 'who',
      width: 150,
      render: (_, row) => (
        <span className="stacked">
          {row.who === '' ? <span className="muted">{words.nobody}</span> : <code>{row.who}</code>}
          <span className="muted">{roleList(row.roles).map((role) => roleNames[role] ?? role).join(common.listJoin)}</span>
        </span>
      ),
    },
    { title: words.source, key: 'source', width: 120, render: (_, row) => <code className="figures">{row.source_ip}</code> },
    { title: words.action, key: 'action', width: 150, render: (_, row) => auditAction(row, words) },
    {
      title: words.object,
      key: 'object',
      width: 200,
      render: (_, row) => (
        <span className="stacked">
          <span title={row.object_type}>{names.objectType(row.object_type)}</span>
          {auditObject(row, words) !== '' && (
            <code className="muted hash-short" title={row.object_id}>
              {row.object_id}
            </code>
          )}
        </span>
      ),
    },
    {
      title: words.outcome,
      key: 'outcome',
      render: (_, row) => (
        <span className="stacked">
          <StatusTag meaning={OUTCOMES[row.outcome] ?? 'off'}>{words.outcomes[row.outcome] ?? row.outcome}</StatusTag>
          {row.detail !== '' && (
            <span className="muted break-anywhere" title={row.detail}>
              {names.reason(row.detail)}
            </span>
          )}
        </span>
      ),
    },
    {
      title: words.took,
      key: 'took',
      width: 90,
      align: 'right',
      render: (_, row) => (row.finished_at == null ? <span className="muted">—</span> : <span className="figures">{formatDuration(Math.max(0, row.finished_at - row.at), language)}</span>),
    },
    {
      title: words.evidence,
      key: 'vault',
      width: 110,
      render: (_, row) => <Link to={searchHref({ q: allOf('stream:admin', fieldIs('http.request.id', row.request_id)), range: { preset: '7d' } })}>{words.inVault}</Link>,
    },
  ]
}

function exportRows(rows: AuditEntry[]): void {
  const header = ['id', 'at_beijing', 'finished_beijing', 'who', 'roles', 'source_ip', 'action', 'object_type', 'object_id', 'outcome', 'detail', 'request_id']
  const lines = rows.map((row) => [
    row.id,
    formatTime(row.at, 'milli'),
    row.finished_at == null ? '' : formatTime(row.finished_at, 'milli'),
    row.who,
    row.roles,
    row.source_ip,
    row.action,
    row.object_type,
    row.object_id,
    row.outcome,
    row.detail,
    row.request_id,
  ])
  saveFile('medward-audit.csv', 'text/csv;charset=utf-8', toCsv(header, lines))
}
