import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, done, take } from '../api/client'
import type { ObjectMode, ProtectedObject, ProtectedObjectInput } from '../api/types'
import { shared, useWords } from '../i18n'
import { ConfirmType } from '../kit/ConfirmType'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { allOf, fieldIs, searchHref } from '../kit/query'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { StatusTag, type Meaning } from '../kit/status'
import { gatewayWords } from './i18n'
import { EffectiveDrawer } from './parts/EffectiveDrawer'
import { BulkMode } from './parts/BulkMode'
import { FindObjects, useFind } from './parts/FindObjects'
import { ObjectForm } from './parts/ObjectForm'
import { Transfer } from './policy/Transfer'

const MODE_MEANING: Record<string, Meaning> = { block: 'ok', observe: 'high', bypass: 'off' }

type Editing = { object: ProtectedObject | null } | null

export default function Objects() {
  const words = useWords(gatewayWords).objects
  const may = useMay()
  const [find, setFind] = useFind()
  const keyset = useKeyset(JSON.stringify(find))
  const list = useQuery({
    queryKey: ['gateway', 'objects', find, keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/objects', { params: { query: { ...find, cursor: keyset.cursor } } })),
    placeholderData: (before) => before,
    refetchInterval: usePollWhenBroken(),
  })
  const [chosen, setChosen] = useState<string[]>([])
  const [editing, setEditing] = useState<Editing>(null)
  const [observing, setObserving] = useState<ProtectedObject | null>(null)
  const [removing, setRemoving] = useState<ProtectedObject | null>(null)
  const [shown, setShown] = useState<ProtectedObject | null>(null)
  const change = useChanges()
  const mayWrite = may(MAY.gatewayObjectWrite)
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => { change.save.reset(); setEditing({ object: null }) }}>
      {words.create}
    </Button>
  )
  const columns = useColumns({
    mayWrite,
    onEdit: (object) => { change.save.reset(); setEditing({ object }) },
    onMode: (object, mode) => {
      change.mode.reset()
      if (mode === 'observe') setObserving(object)
      else change.mode.mutate({ object, mode })
    },
    onRemove: (object) => { change.remove.reset(); setRemoving(object) },
    onEffective: setShown,
  })
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={<><Transfer />{mayWrite && create}</>} />
      <Panel flush extra={<FindObjects find={find} onFind={setFind} />}>
        {mayWrite && chosen.length > 0 && <BulkMode chosen={chosen} onDone={() => setChosen([])} />}
        <DataTable<ProtectedObject>
          label={words.title}
          rows={list.data?.items}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          selection={mayWrite ? { keys: chosen, onChange: setChosen, nameOf: (row) => words.choose(row.spec.name), closed: (row) => row.source === 'file' } : undefined}
          empty={Object.keys(find).length > 0 ? <EmptyState title={words.nothingFound} /> : <EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
      <ObjectForm
        open={editing !== null}
        object={editing?.object ?? null}
        busy={change.save.isPending}
        error={change.save.error}
        onClose={() => setEditing(null)}
        onSave={(input) => change.save.mutate({ object: editing?.object ?? null, input }, { onSuccess: () => setEditing(null) })}
      />
      <ConfirmType
        open={observing !== null}
        title={words.observeTitle}
        name={observing?.spec.name ?? ''}
        consequence={words.observeConsequence}
        okText={words.toObserve}
        busy={change.mode.isPending}
        error={change.mode.error}
        onCancel={() => setObserving(null)}
        onConfirm={() => observing && change.mode.mutate({ object: observing, mode: 'observe' }, { onSuccess: () => setObserving(null) })}
      />
      <EffectiveDrawer object={shown} onClose={() => setShown(null)} />
      <RemoveDialog object={removing} change={change} onClose={() => setRemoving(null)} />
    </>
  )
}

function RemoveDialog({ object, change, onClose }: { object: ProtectedObject | null; change: ReturnType<typeof useChanges>; onClose: () => void }) {
  const words = useWords(gatewayWords).objects
  const { common } = useWords(shared)
  return (
    <ConfirmType
      open={object !== null}
      title={words.removeTitle}
      name={object?.spec.name ?? ''}
      consequence={words.removeConsequence}
      okText={common.remove}
      busy={change.remove.isPending}
      error={change.remove.error}
      onCancel={onClose}
      onConfirm={() => object && change.remove.mutate(object, { onSuccess: onClose })}
    />
  )
}

function useChanges() {
  const words = useWords(gatewayWords).objects
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({
    // The server refuses the change when somebody else made one since the form was filled.
    mutationFn: ({ object, input }: { object: ProtectedObject | null; input: ProtectedObjectInput }) =>
      object === null
        ? take(api.POST('/api/v1/gateway/objects', { body: input }))
        : take(api.PUT('/api/v1/gateway/objects/{id}', { params: { path: { id: object.id }, query: { generation: object.generation } }, body: input })),
    onSuccess: () => settled(words.saved),
  })
  const mode = useMutation({
    mutationFn: ({ object, mode: next }: { object: ProtectedObject; mode: ObjectMode }) => take(api.POST('/api/v1/gateway/objects/{id}/mode', { params: { path: { id: object.id } }, body: { mode: next } })),
    onSuccess: (_object, { mode: next }) => settled(next === 'observe' ? words.observeDone : words.blockDone),
  })
  const remove = useMutation({
    mutationFn: (object: ProtectedObject) => done(api.DELETE('/api/v1/gateway/objects/{id}', { params: { path: { id: object.id } } })),
    onSuccess: () => settled(words.removed),
  })
  return { save, mode, remove }
}

interface RowActions {
  mayWrite: boolean
  onEdit: (object: ProtectedObject) => void
  onMode: (object: ProtectedObject, mode: ObjectMode) => void
  onRemove: (object: ProtectedObject) => void
  onEffective: (object: ProtectedObject) => void
}

function useColumns(actions: RowActions): Columns<ProtectedObject> {
  const words = useWords(gatewayWords).objects
  const { common, mode: modeNames } = useWords(shared)
  const columns: Columns<ProtectedObject> = [
    { title: words.name, key: 'name', render: (_, row) => <strong>{row.spec.name}</strong> },
    { title: words.group, key: 'group', render: (_, row) => row.group ?? <span className="muted">–</span> },
    { title: words.mode, key: 'mode', render: (_, row) => <StatusTag meaning={MODE_MEANING[row.effective.mode.value] ?? 'off'}>{modeNames[row.effective.mode.value]}</StatusTag> },
    { title: words.policy, key: 'policy', render: (_, row) => words.policyNames[row.effective.policy.value] },
    { title: words.hosts, key: 'hosts', render: (_, row) => <CodeLines items={row.spec.hosts} suffix={row.spec.path_prefix === '/' || row.spec.path_prefix === undefined ? '' : row.spec.path_prefix} /> },
    { title: words.upstreams, key: 'upstreams', render: (_, row) => <CodeLines items={row.spec.upstreams} /> },
    { title: words.effective, key: 'effective', render: (_, row) => <Button size="small" type="link" onClick={() => actions.onEffective(row)}>{common.details}</Button> },
    {
      title: words.source,
      key: 'source',
     
      render: (_, row) => (
        <span className="stacked">
          <span>{row.source === 'file' ? words.sourceFile : words.sourcePolicy}</span>
          <span className="muted figures">
            {words.generation} {row.generation}
          </span>
        </span>
      ),
    },
    {
      title: words.evidence,
      key: 'evidence',
     
      render: (_, row) => <Link to={searchHref({ q: allOf('stream:waf', fieldIs('waf.object', row.spec.name)), range: { preset: '7d' } })}>{common.details}</Link>,
    },
  ]
  if (!actions.mayWrite) return columns
  columns.push({ title: common.actions, key: 'actions', fixed: 'end', render: (_, row) => <ObjectActions object={row} actions={actions} /> })
  return columns
}

function ObjectActions({ object, actions }: { object: ProtectedObject; actions: RowActions }) {
  const words = useWords(gatewayWords).objects
  const { common } = useWords(shared)
  if (object.source === 'file') return <span className="muted">{words.fromFile}</span>
  const next: ObjectMode = object.effective.mode.value === 'block' ? 'observe' : 'block'
  return (
    <span className="row-actions">
      <Button size="small" onClick={() => actions.onMode(object, next)}>
        {next === 'observe' ? words.toObserve : words.toBlock}
      </Button>
      <Tooltip title={common.edit}>
        <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${common.edit} ${object.spec.name}`} onClick={() => actions.onEdit(object)} />
      </Tooltip>
      <Tooltip title={common.remove}>
        <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${object.spec.name}`} onClick={() => actions.onRemove(object)} />
      </Tooltip>
    </span>
  )
}

function CodeLines({ items, suffix = '' }: { items: string[]; suffix?: string }) {
  return (
    <span className="stacked">
      {items.map((item) => (
        <code key={item}>
          {item}
          {suffix}
        </code>
      ))}
    </span>
  )
}
