import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useCallback, useState, type ReactNode } from 'react'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { trafficWords } from '../traffic/i18n'
import { FindBar, Named } from '../traffic/parts'
import { holds, useFind, useRows, type SortKeys } from '../traffic/rows'
import type { Item, Items } from './useItems'

interface ItemWords {
  title: string
  about: string
  create: string
  remove: string
  removeConsequence: string
  empty: string
  emptyWhy: string
  fileName: string
}

interface Props<T extends Item, I> {
  words: ItemWords
  items: Items<T, I>
  /** Columns between the name and the actions. */
  columns: Columns<T>
  keys: SortKeys<T>
  /** The list as a spreadsheet, after name and description. */
  csv: { head: string[]; row: (item: T) => string[] }
  /** The form. */
  children: ReactNode
}

/** A page of named things of the policy: finds, sorts, makes, changes and deletes them. */
export function ItemPage<T extends Item, I>({ words, items, columns, keys, csv, children }: Props<T, I>) {
  const traffic = useWords(trafficWords)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [removing, setRemoving] = useState<T | null>(null)
  const { list, remove } = items
  const [find] = useFind()
  const q = find('q')
  const isWanted = useCallback((row: T) => holds(q, row.spec.name, row.spec.description), [q])
  const rows = useRows(list.data?.items, isWanted, keys, 'name')
  const all = useColumns(columns, { onEdit: items.open, onRemove: (row) => { remove.reset(); setRemoving(row) } }, words.remove)
  const create = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => items.open(null)}>
      {words.create}
    </Button>
  )
  const file = rows.found && (() => ({ name: words.fileName, head: [traffic.name, traffic.description, ...csv.head], rows: (rows.found ?? []).map((row) => [row.spec.name, row.spec.description ?? '', ...csv.row(row)]) }))
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={create} />
      <Panel flush extra={<FindBar choices={[]} onExport={file} />}>
        <DataTable<T>
          label={words.title}
          {...rows.table}
          columns={rows.columns(all)}
          rowKey={(row) => row.id}
          query={list}
          footer={list.data && !list.data.isWhole && traffic.more(list.data.items.length)}
          empty={list.data?.items.length === 0 ? <EmptyState title={words.empty} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
        />
      </Panel>
      {children}
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.spec.name ?? ''}
        consequence={words.removeConsequence}
        okText={words.remove}
        busy={remove.isPending}
        error={remove.error}
        onCancel={() => setRemoving(null)}
        onConfirm={() => removing && remove.mutate(removing, { onSuccess: () => setRemoving(null) })}
      />
    </>
  )
}

interface Actions<T> {
  onEdit: (row: T) => void
  onRemove: (row: T) => void
}

function useColumns<T extends Item>(columns: Columns<T>, { onEdit, onRemove }: Actions<T>, removeText: string): Columns<T> {
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const all: Columns<T> = [{ title: traffic.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> }, ...columns]
  if (!mayWrite) return all
  all.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <span className="row-actions">
        <Tooltip title={common.edit}>
          <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${common.edit} ${row.spec.name}`} onClick={() => onEdit(row)} />
        </Tooltip>
        <Tooltip title={removeText}>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.spec.name}`} onClick={() => onRemove(row)} />
        </Tooltip>
      </span>
    ),
  })
  return all
}
