import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, done, take } from '../../api/client'
import type { RuleExclusion, RuleExclusionInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, useKeyset, type Columns } from '../../kit/DataTable'
import { useEventWords } from '../../kit/event-words'
import { exclusionDraft } from '../../kit/exclusion-link'
import { usePollWhenBroken } from '../../kit/live'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { fieldIs, searchHref } from '../../kit/query'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { TimeText } from '../../kit/TimeText'
import { ExclusionForm } from './ExclusionForm'
import { policyWords } from './i18n'

/** Where rules do not count, why, and until when. An event's evidence leads here with the form filled in. */
export default function Exclusions() {
  const words = useWords(policyWords).exclusions
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [params, setParams] = useSearchParams()
  const draft = exclusionDraft(params)
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<RuleExclusion | null>(null)
  const keyset = useKeyset('exclusions')
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const list = useQuery({
    queryKey: ['gateway', 'exclusions', keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/exclusions', { params: { query: { cursor: keyset.cursor } } })),
    refetchInterval: usePollWhenBroken(),
  })
  const close = () => { setAdding(false); setParams({}, { replace: true }) }
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({ mutationFn: (body: RuleExclusionInput) => take(api.POST('/api/v1/gateway/exclusions', { body })), onSuccess: () => { close(); return settled(words.saved) } })
  const remove = useMutation({ mutationFn: (row: RuleExclusion) => done(api.DELETE('/api/v1/gateway/exclusions/{id}', { params: { path: { id: row.id } } })), onSuccess: () => { setRemoving(null); return settled(words.removed) } })
  const add = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => { save.reset(); setAdding(true) }}>
      {words.create}
    </Button>
  )
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={add} />
      <Panel flush>
        <DataTable<RuleExclusion>
          label={words.title}
          rows={list.data?.items}
          columns={useColumns((row) => { remove.reset(); setRemoving(row) })}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
      {mayWrite && <ExclusionForm open={adding || draft !== null} draft={draft} busy={save.isPending} error={save.error} onSave={(input) => save.mutate(input)} onClose={close} />}
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.spec.rule ?? ''}
        consequence={words.removeConsequence}
        okText={words.remove}
        busy={remove.isPending}
        error={remove.error}
        onCancel={() => setRemoving(null)}
        onConfirm={() => removing && remove.mutate(removing)}
      />
    </>
  )
}

function useColumns(onRemove: (row: RuleExclusion) => void): Columns<RuleExclusion> {
  const words = useWords(policyWords).exclusions
  const kinds = useWords(policyWords).history.kinds
  const { common } = useWords(shared)
  const names = useEventWords()
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const columns: Columns<RuleExclusion> = [
    {
      title: words.rule,
      key: 'rule',
      render: (_, row) => (
        <span className="stacked">
          <code>{row.spec.rule}</code>
          <span className="muted">{names.rule(row.spec.rule)}</span>
        </span>
      ),
    },
    { title: words.scope, key: 'scope', render: (_, row) => (row.scope ? <>{kinds[row.scope]} <strong>{row.scope_name}</strong></> : <StatusTag meaning="high">{words.lost}</StatusTag>) },
    { title: words.parameter, key: 'parameter', render: (_, row) => (row.spec.parameter ? <code>{row.spec.parameter}</code> : <span className="muted">{words.everywhere}</span>) },
    { title: words.path, key: 'path', render: (_, row) => (row.spec.path ? <code>{row.spec.path}</code> : <span className="muted">{words.everywhere}</span>) },
    { title: words.ends, key: 'ends', render: (_, row) => (row.is_over ? <StatusTag meaning="high">{words.over}</StatusTag> : row.spec.expires_at ? <TimeText us={row.spec.expires_at} /> : words.never) },
    {
      title: words.reason,
      key: 'reason',
      render: (_, row) => (
        <span className="stacked">
          <span>{row.spec.reason}</span>
          {row.spec.request_id && <Link to={searchHref({ q: fieldIs('http.request.id', row.spec.request_id), range: { preset: '7d' } })}>{words.event}</Link>}
        </span>
      ),
    },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <Tooltip title={words.remove}>
        <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.spec.name}`} onClick={() => onRemove(row)} />
      </Tooltip>
    ),
  })
  return columns
}
