import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, take } from '../api/client'
import type { PolicyChange } from '../api/types'
import { useWords } from '../i18n'
import { ConfirmType } from '../kit/ConfirmType'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { StatusTag, type Meaning } from '../kit/status'
import { TimeText } from '../kit/TimeText'
import { differences } from './differences'
import { policyWords } from './policy/i18n'

const MEANING: Record<'made' | 'changed' | 'gone', Meaning> = { made: 'ok', changed: 'low', gone: 'high' }

/** What changed in the policy, by whom, and the way back. */
export default function History() {
  const words = useWords(policyWords).history
  const keyset = useKeyset('policy-changes')
  const list = useQuery({
    queryKey: ['gateway', 'changes', keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/policy/changes', { params: { query: { cursor: keyset.cursor } } })),
    refetchInterval: usePollWhenBroken(),
  })
  const [undoing, setUndoing] = useState<PolicyChange | null>(null)
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Panel flush>
        <DataTable<PolicyChange>
          label={words.title}
          rows={list.data?.items}
          columns={useColumns(setUndoing)}
          rowKey={(row) => `${row.generation}:${row.item_id}`}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          long
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
      <RollbackDialog change={undoing} onClose={() => setUndoing(null)} />
    </>
  )
}

function useColumns(onRollback: (change: PolicyChange) => void): Columns<PolicyChange> {
  const words = useWords(policyWords).history
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const columns: Columns<PolicyChange> = [
    { title: words.generation, key: 'generation', render: (_, row) => <span className="figures">{row.generation}</span> },
    { title: words.at, key: 'at', render: (_, row) => <TimeText us={row.at} /> },
    { title: words.author, key: 'author', render: (_, row) => <Link to="/system/audit">{row.author}</Link> },
    { title: words.item, key: 'item', render: (_, row) => <ItemCell change={row} /> },
    { title: words.difference, key: 'difference', render: (_, row) => <Difference change={row} /> },
    { title: words.reason, key: 'reason', render: (_, row) => row.reason },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: words.way,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <Button size="small" onClick={() => onRollback(row)}>
        {words.rollback}
      </Button>
    ),
  })
  return columns
}

function ItemCell({ change }: { change: PolicyChange }) {
  const words = useWords(policyWords).history
  const what = change.before == null ? 'made' : change.after == null ? 'gone' : 'changed'
  return (
    <span className="stacked">
      <span>
        {change.kind && words.kinds[change.kind]} <strong>{change.name}</strong>
      </span>
      <span>
        <StatusTag meaning={MEANING[what]}>{words.verbs[what]}</StatusTag>
      </span>
    </span>
  )
}

/** Field by field: what it was, and what it is since. */
function Difference({ change }: { change: PolicyChange }) {
  const rows = differences(change.before, change.after)
  return (
    <span className="stacked">
      {rows.map(({ path, before, after }) => (
        <code key={path}>
          {path} {before !== null && <del>{before}</del>} {after !== null && <ins>{after}</ins>}
        </code>
      ))}
    </span>
  )
}

function RollbackDialog({ change, onClose }: { change: PolicyChange | null; onClose: () => void }) {
  const words = useWords(policyWords).history
  const [reason, setReason] = useState('')
  const [whole, setWhole] = useState(false)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const rollback = useMutation({
    mutationFn: (generation: number) => take(api.POST('/api/v1/gateway/policy/rollback', { body: { generation, reason, item: whole ? null : (change?.item_id ?? null) } })),
    onSuccess: ({ generation }) => {
      message.success(words.rolledBack(generation))
      onClose()
      return queryClient.invalidateQueries({ queryKey: ['gateway'] })
    },
  })
  const to = (change?.generation ?? 1) - 1
  const consequence = (
    <>
      <Radio.Group value={whole} onChange={(event) => setWhole(event.target.value === true)} options={[{ value: false, label: words.rollbackOne(change?.name ?? '') }, { value: true, label: words.rollbackAll }]} />
      {whole && <p>{words.consequence(to)}</p>}
      <Input value={reason} maxLength={300} placeholder={words.reasonWanted} aria-label={words.reason} onChange={(event) => setReason(event.target.value)} />
    </>
  )
  return (
    <ConfirmType
      open={change !== null}
      title={whole ? words.rollbackTitle(to) : words.rollback}
      name={String(to)}
      consequence={consequence}
      okText={words.rollback}
      busy={rollback.isPending}
      error={rollback.error}
      onCancel={onClose}
      onConfirm={() => rollback.mutate(to)}
    />
  )
}
