import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tag, Tooltip } from 'antd'
import { useCallback, useState } from 'react'
import { api, done, take } from '../../api/client'
import type { TrafficLimit, TrafficLimitInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { usePollWhenBroken } from '../../kit/live'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { EmptyState, errorSentence } from '../../kit/states'
import { conditionWords } from '../condition/i18n'
import { conditionText } from '../condition/sentence'
import { policyWords } from '../policy/i18n'
import { trafficWords } from '../traffic/i18n'
import { ActionKind, FindBar, HitsLink, Named, ScopeCell, scopeOf, Toggle } from '../traffic/parts'
import { everyPage, holds, useFind, useRows, type SortKeys } from '../traffic/rows'
import { limitWords } from './i18n'
import { LIMIT_ACTIONS, valuesOf } from './limit-input'
import { LimitForm } from './LimitForm'
import { limitText } from './sentence'

const PATH = '/api/v1/gateway/limits'

const KEYS: SortKeys<TrafficLimit> = {
  name: (row) => row.spec.name,
  action: (row) => LIMIT_ACTIONS.indexOf(row.spec.action),
  scope: (row) => `${row.scope ?? ''} ${row.scope_name ?? ''}`,
}

/** Limits: how much one source may do in a while. */
export default function Limits() {
  const words = useWords(limitWords)
  const traffic = useWords(trafficWords)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [form, setForm] = useState<{ limit: TrafficLimit | null } | null>(null)
  const [removing, setRemoving] = useState<TrafficLimit | null>(null)
  const change = useChanges()
  const list = useQuery({
    queryKey: ['gateway', 'limits'],
    queryFn: () => everyPage((cursor) => take(api.GET(PATH, { params: { query: { limit: 500, cursor } } }))),
    refetchInterval: usePollWhenBroken(),
  })
  const [find] = useFind()
  const [q, action, scope, state] = [find('q'), find('action'), find('scope'), find('state')]
  const isWanted = useCallback(
    (row: TrafficLimit) => holds(q, row.spec.name, row.spec.description) && (action === '' || row.spec.action === action) && (scope === '' || scopeOf(row) === scope) && (state === '' || (row.spec.enabled !== false) === (state === 'on')),
    [q, action, scope, state],
  )
  const rows = useRows(list.data?.items, isWanted, KEYS, 'name')
  const open = (limit: TrafficLimit | null) => { change.save.reset(); setForm({ limit }) }
  const columns = useColumns({ onEdit: open, onRemove: (limit) => { change.remove.reset(); setRemoving(limit) }, onTurn: (limit, enabled) => change.turn.mutate({ limit, enabled }), turning: change.turn.isPending ? change.turn.variables.limit.id : null })
  const create = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => open(null)}>
      {words.create}
    </Button>
  )
  const isEmpty = list.data?.items.length === 0
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={create} />
      <Panel flush extra={<Finding found={rows.found} />}>
        <DataTable<TrafficLimit>
          label={words.title}
          {...rows.table}
          columns={rows.columns(columns)}
          rowKey={(row) => row.id}
          query={list}
          footer={list.data && !list.data.isWhole && traffic.more(list.data.items.length)}
          empty={isEmpty ? <EmptyState title={words.empty} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
        />
      </Panel>
      <LimitForm
        open={form !== null}
        limit={form?.limit ?? null}
        busy={change.save.isPending}
        error={change.save.error}
        onSave={(input) => change.save.mutate({ limit: form?.limit ?? null, input }, { onSuccess: () => setForm(null) })}
        onChange={change.save.reset}
        onClose={() => setForm(null)}
      />
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.spec.name ?? ''}
        consequence={words.removeConsequence}
        okText={words.remove}
        busy={change.remove.isPending}
        error={change.remove.error}
        onCancel={() => setRemoving(null)}
        onConfirm={() => removing && change.remove.mutate(removing, { onSuccess: () => setRemoving(null) })}
      />
    </>
  )
}

function Finding({ found }: { found: TrafficLimit[] | undefined }) {
  const words = useWords(limitWords)
  const traffic = useWords(trafficWords)
  const kinds = useWords(policyWords).history.kinds
  const said = useWords(conditionWords)
  const scopes = [{ value: 'all', label: traffic.everywhere }, ...(['template', 'group', 'object'] as const).map((kind) => ({ value: kind, label: kinds[kind] }))]
  const choices = [
    { key: 'action', label: words.action, options: LIMIT_ACTIONS.map((kind) => ({ value: kind, label: traffic.actions[kind] ?? kind })) },
    { key: 'scope', label: traffic.scope, options: scopes },
    { key: 'state', label: traffic.state, options: [{ value: 'on', label: traffic.enabled }, { value: 'off', label: traffic.disabled }] },
  ]
  const onExport = found && (() => ({
    name: words.fileName,
    head: [traffic.name, traffic.description, traffic.scope, traffic.state, words.sentence, words.when],
    rows: found.map((row) => [row.spec.name, row.spec.description ?? '', row.scope ? `${kinds[row.scope]} ${row.scope_name ?? ''}` : traffic.everywhere, row.spec.enabled === false ? traffic.disabled : traffic.enabled, limitText(valuesOf(row), words), conditionText(row.spec.when, said)]),
  }))
  return <FindBar choices={choices} onExport={onExport} />
}

/** The server refuses the change when somebody else made one since. */
function put(limit: TrafficLimit, body: TrafficLimitInput) {
  return take(api.PUT(`${PATH}/{id}`, { params: { path: { id: limit.id }, query: { generation: limit.generation } }, body }))
}

function useChanges() {
  const words = useWords(trafficWords)
  const all = useWords(shared)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({ mutationFn: ({ limit, input }: { limit: TrafficLimit | null; input: TrafficLimitInput }) => (limit === null ? take(api.POST(PATH, { body: input })) : put(limit, input)), onSuccess: () => settled(words.saved) })
  const turn = useMutation({
    mutationFn: ({ limit, enabled }: { limit: TrafficLimit; enabled: boolean }) => put(limit, { ...limit.spec, enabled }),
    onSuccess: (_limit, { enabled }) => settled(enabled ? words.turnedOn : words.turnedOff),
    onError: (error) => void message.error(errorSentence(error, all)),
  })
  const remove = useMutation({ mutationFn: (limit: TrafficLimit) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: limit.id } } })), onSuccess: () => settled(words.removed) })
  return { save, turn, remove }
}

interface Actions {
  onEdit: (limit: TrafficLimit) => void
  onRemove: (limit: TrafficLimit) => void
  onTurn: (limit: TrafficLimit, enabled: boolean) => void
  /** The limit that is being turned on or off. */
  turning: string | null
}

function useColumns({ onEdit, onRemove, onTurn, turning }: Actions): Columns<TrafficLimit> {
  const words = useWords(limitWords)
  const traffic = useWords(trafficWords)
  const said = useWords(conditionWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const columns: Columns<TrafficLimit> = [
    { title: traffic.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> },
    { title: traffic.scope, key: 'scope', responsive: ['md'], render: (_, row) => <ScopeCell row={row} /> },
    {
      title: words.sentence,
      key: 'sentence',
      responsive: ['md'],
      render: (_, row) => (
        <span className="stacked row-sentence">
          <span>{limitText(valuesOf(row), words)}</span>
          {row.spec.when != null && <span className="muted">{words.said.about(conditionText(row.spec.when, said))}</span>}
        </span>
      ),
    },
    {
      title: words.action,
      key: 'action',
      render: (_, row) => (
        <span className="stacked">
          <ActionKind kind={row.spec.action} />
          {row.spec.on_demand && <Tag>{words.onDemandTag}</Tag>}
        </span>
      ),
    },
    { title: traffic.state, key: 'state', render: (_, row) => (mayWrite ? <Toggle on={row.spec.enabled !== false} label={traffic.turn(row.spec.name)} busy={turning === row.id} onChange={(enabled) => onTurn(row, enabled)} /> : row.spec.enabled === false ? traffic.disabled : traffic.enabled) },
    { title: traffic.evidence, key: 'evidence', responsive: ['lg'], render: (_, row) => <HitsLink id={`limit:${row.spec.name}`}>{common.details}</HitsLink> },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <span className="row-actions">
        <Tooltip title={common.edit}>
          <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${common.edit} ${row.spec.name}`} onClick={() => onEdit(row)} />
        </Tooltip>
        <Tooltip title={words.remove}>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.spec.name}`} onClick={() => onRemove(row)} />
        </Tooltip>
      </span>
    ),
  })
  return columns
}
