import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useCallback, useState } from 'react'
import { api, done, take } from '../../api/client'
import type { AddressGroup, AddressGroupInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { usePollWhenBroken } from '../../kit/live'
import { formatCount } from '../../kit/number'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { StatusTag, type Meaning } from '../../kit/status'
import { AgoText } from '../../kit/TimeText'
import { trafficWords } from '../traffic/i18n'
import { FindBar, HitsLink, Named } from '../traffic/parts'
import { everyPage, holds, useFind, useRows, type SortKeys } from '../traffic/rows'
import { AddressForm } from './AddressForm'
import { addressWords } from './i18n'

const PATH = '/api/v1/gateway/address-groups'

type Purpose = NonNullable<AddressGroup['spec']['purpose']>

const PURPOSES: Purpose[] = ['allow', 'allow_uninspected', 'block', 'rules']
const MEANINGS: Record<Purpose, Meaning> = { allow: 'ok', allow_uninspected: 'high', block: 'critical', rules: 'off' }

const purposeOf = (row: AddressGroup): Purpose => row.spec.purpose ?? 'rules'

const KEYS: SortKeys<AddressGroup> = {
  name: (row) => row.spec.name,
  purpose: (row) => PURPOSES.indexOf(purposeOf(row)),
  entries: (row) => row.entries ?? -1,
}

/** Groups of addresses: let through, blocked, or named by rules. */
export default function Addresses() {
  const words = useWords(addressWords)
  const traffic = useWords(trafficWords)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [form, setForm] = useState<{ group: AddressGroup | null } | null>(null)
  const [removing, setRemoving] = useState<AddressGroup | null>(null)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const list = useQuery({
    queryKey: ['gateway', 'address-groups'],
    queryFn: () => everyPage((cursor) => take(api.GET(PATH, { params: { query: { limit: 500, cursor } } }))),
    refetchInterval: usePollWhenBroken(),
  })
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({
    mutationFn: (body: AddressGroupInput) => {
      const group = form?.group
      return group ? take(api.PUT(`${PATH}/{id}`, { params: { path: { id: group.id }, query: { generation: group.generation } }, body })) : take(api.POST(PATH, { body }))
    },
    onSuccess: () => { setForm(null); return settled(words.saved) },
  })
  const remove = useMutation({ mutationFn: (row: AddressGroup) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: row.id } } })), onSuccess: () => { setRemoving(null); return settled(traffic.removed) } })
  const [find] = useFind()
  const [q, purpose] = [find('q'), find('purpose')]
  const isWanted = useCallback((row: AddressGroup) => holds(q, row.spec.name, row.spec.description, row.spec.file) && (purpose === '' || purposeOf(row) === purpose), [q, purpose])
  const rows = useRows(list.data?.items, isWanted, KEYS, 'name')
  const open = (group: AddressGroup | null) => { save.reset(); setForm({ group }) }
  const columns = useColumns({ onEdit: open, onRemove: (row) => { remove.reset(); setRemoving(row) } })
  const create = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => open(null)}>
      {words.create}
    </Button>
  )
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={create} />
      <Panel flush extra={<Finding found={rows.found} />}>
        <DataTable<AddressGroup>
          label={words.title}
          {...rows.table}
          columns={rows.columns(columns)}
          rowKey={(row) => row.id}
          query={list}
          footer={list.data && !list.data.isWhole && traffic.more(list.data.items.length)}
          empty={list.data?.items.length === 0 ? <EmptyState title={words.empty} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
        />
      </Panel>
      <AddressForm open={form !== null} group={form?.group ?? null} busy={save.isPending} error={save.error} onSave={(input) => save.mutate(input)} onChange={save.reset} onClose={() => setForm(null)} />
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.spec.name ?? ''}
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

function Finding({ found }: { found: AddressGroup[] | undefined }) {
  const words = useWords(addressWords)
  const traffic = useWords(trafficWords)
  const choices = [{ key: 'purpose', label: words.purpose, options: PURPOSES.map((value) => ({ value, label: words.purposes[value] })) }]
  const onExport = found && (() => ({
    name: words.fileName,
    head: [traffic.name, traffic.description, words.purpose, words.entries, words.file],
    rows: found.map((row) => [row.spec.name, row.spec.description ?? '', words.purposes[purposeOf(row)], row.entries == null ? '' : String(row.entries), row.spec.file ?? '']),
  }))
  return <FindBar choices={choices} onExport={onExport} />
}

interface Actions {
  onEdit: (row: AddressGroup) => void
  onRemove: (row: AddressGroup) => void
}

function useColumns({ onEdit, onRemove }: Actions): Columns<AddressGroup> {
  const words = useWords(addressWords)
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const columns: Columns<AddressGroup> = [
    { title: traffic.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> },
    { title: words.purpose, key: 'purpose', render: (_, row) => <StatusTag meaning={MEANINGS[purposeOf(row)]}>{words.purposes[purposeOf(row)]}</StatusTag> },
    { title: words.entries, key: 'entries', align: 'right', render: (_, row) => (row.entries == null ? <span className="muted">—</span> : <span className="figures">{words.count(formatCount(row.entries))}</span>) },
    { title: words.state, key: 'state', responsive: ['md'], render: (_, row) => <ListState row={row} /> },
    { title: traffic.evidence, key: 'evidence', responsive: ['lg'], render: (_, row) => (purposeOf(row) === 'block' ? <HitsLink id={`addresses:${row.spec.name}`}>{common.details}</HitsLink> : <span className="muted">—</span>) },
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

/** Whether the list is in force; of a file, since when, and what is wrong with the newest. */
function ListState({ row }: { row: AddressGroup }) {
  const words = useWords(addressWords)
  const { file } = row.spec
  if (!file) return <StatusTag meaning={row.entries === 0 ? 'off' : 'ok'}>{row.entries === 0 ? words.noEntries : purposeOf(row) === 'rules' ? words.named : words.inForce}</StatusTag>
  return (
    <span className="stacked">
      {row.complaint != null && row.entries != null ? <StatusTag meaning="critical">{words.fileFailed}</StatusTag> : row.entries == null ? <StatusTag meaning="high">{words.fileMissing}</StatusTag> : <StatusTag meaning="ok">{words.fileRead}</StatusTag>}
      <span className="muted">
        <code>{file}</code> {row.read_at != null && <AgoText us={row.read_at as unknown as number} />}
      </span>
      {row.complaint != null && <span className="muted row-sentence">{row.complaint}</span>}
    </span>
  )
}
