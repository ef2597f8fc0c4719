import { DataTable, type Columns } from '../../kit/DataTable'
import { Panel } from '../../kit/Page'
import { EmptyState } from '../../kit/states'

interface StateTableProps<T> {
  title: string
  columns: Columns<T>
  rows: T[]
  rowKey: (row: T) => string
  empty: string
}

/** A part of the running state: its data are already there, so it never waits by itself. */
const SETTLED = { data: undefined, error: null, isPending: false, isFetching: false, refetch: () => undefined }

export function StateTable<T extends object>({ title, columns, rows, rowKey, empty }: StateTableProps<T>) {
  return (
    <Panel flush title={title}>
      <DataTable<T> label={title} rows={rows} columns={columns} rowKey={rowKey} query={SETTLED} empty={<EmptyState title={empty} />} />
    </Panel>
  )
}
