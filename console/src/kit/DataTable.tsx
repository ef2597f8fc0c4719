import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import type { ColumnsType } from 'antd/es/table'
import type { SorterResult, TableRowSelection } from 'antd/es/table/interface'
import { useState, type ReactNode } from 'react'
import { shared, useWords } from '../i18n'
import { ErrorState, type Loadable } from './states'

/** Keyset paging: the cursors behind us, so that 上一页 works without page numbers. */
export interface Keyset {
  cursor: string | undefined
  page: number
  next: (cursor: string) => void
  previous: () => void
  reset: () => void
}

/** Starts over whenever `scope` (the filter) changes. */
export function useKeyset(scope: string): Keyset {
  const [trail, setTrail] = useState<{ scope: string; cursors: string[] }>({ scope, cursors: [] })
  const cursors = trail.scope === scope ? trail.cursors : []
  return {
    cursor: cursors[cursors.length - 1],
    page: cursors.length + 1,
    next: (cursor) => setTrail({ scope, cursors: [...cursors, cursor] }),
    previous: () => setTrail({ scope, cursors: cursors.slice(0, -1) }),
    reset: () => setTrail({ scope, cursors: [] }),
  }
}

export type Columns<T> = ColumnsType<T>

/** Rows that a person chose, by key. */
export interface Selection<T> {
  keys: string[]
  onChange: (keys: string[]) => void
  /** What a screen reader says of a row's box. */
  nameOf: (row: T) => string
  /** Rows that cannot be chosen. */
  closed?: (row: T) => boolean
}

interface DataTableProps<T> {
  label: string
  rows: T[] | undefined
  columns: Columns<T>
  rowKey: (row: T) => string
  query: Loadable<unknown>
  empty: ReactNode
  keyset?: Keyset
  nextCursor?: string | null
  rowClassName?: (row: T) => string
  onRowClick?: (row: T) => void
  footer?: ReactNode
  /** Lets people choose rows. */
  selection?: Selection<T>
  /** Lets people sort by the columns that have a `sorter`; who gives it says in `sortOrder` what is in force. */
  onSort?: (column: string, order: 'ascend' | 'descend' | null) => void
  /**
   * For lists of many rows: the head stays in sight, at the price of fixed column widths, which the columns then
   * must name. Short lists fit their columns to the content.
   */
  long?: boolean
}

/** The shell's own head stays above the table's, pixels. */
const HEADER_HEIGHT = 56

function choosing<T>({ keys, onChange, nameOf, closed }: Selection<T>): TableRowSelection<T> {
  return {
    selectedRowKeys: keys,
    onChange: (chosen) => onChange(chosen.map(String)),
    getCheckboxProps: (row) => ({ 'aria-label': nameOf(row), disabled: closed?.(row) ?? false }),
    columnWidth: 40,
  }
}

function sorted<T>(sorter: SorterResult<T> | SorterResult<T>[], onSort: (column: string, order: 'ascend' | 'descend' | null) => void) {
  const first = Array.isArray(sorter) ? sorter[0] : sorter
  onSort(String(first?.columnKey ?? ''), first?.order ?? null)
}

/** The table of every list: compact, sticky head, keyset paging, and its own loading, empty and failed states. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { rows, columns, query, keyset, nextCursor } = props
  const words = useWords(shared).common
  const { onRowClick, onSort } = props
  if (rows === undefined && query.error !== null) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div className={`data-table${props.long === true ? ' long' : ''}${query.isFetching && rows !== undefined ? ' refetching' : ''}`} role="region" aria-label={props.label} aria-busy={query.isFetching}>
      <Table<T>
        size="small"
        sticky={props.long === true ? { offsetHeader: HEADER_HEIGHT } : undefined}
        scroll={props.long === true ? { x: 1000 } : undefined}
        pagination={false}
        columns={columns}
        onChange={onSort && ((_page, _filters, sorter) => sorted(sorter, onSort))}
        dataSource={rows ?? []}
        rowKey={props.rowKey}
        loading={rows === undefined ? { delay: 200 } : false}
        rowClassName={props.rowClassName}
        rowSelection={props.selection && choosing(props.selection)}
        locale={{ emptyText: rows === undefined ? <div className="table-wait" /> : props.empty }}
        onRow={onRowClick ? (row) => ({ onClick: () => onRowClick(row), className: 'clickable-row' }) : undefined}
      />
      {keyset !== undefined && rows !== undefined && (rows.length > 0 || keyset.page > 1) && (
        <div className="table-foot">
          <span className="muted figures">{words.rows(rows.length)}</span>
          {props.footer}
          <span className="spring" />
          <span className="muted figures">{words.pageNumber(keyset.page)}</span>
          <Button size="small" icon={<LeftOutlined />} disabled={keyset.page === 1} onClick={keyset.previous}>
            {words.previous}
          </Button>
          <Button
            size="small"
            icon={<RightOutlined />}
            iconPlacement="end"
            disabled={nextCursor === null || nextCursor === undefined}
            onClick={() => {
              if (nextCursor !== null && nextCursor !== undefined) keyset.next(nextCursor)
            }}
          >
            {words.next}
          </Button>
        </div>
      )}
    </div>
  )
}
