import { useWords } from '../../i18n'
import { toCsv } from '../../kit/csv'
import { DataTable, type Columns } from '../../kit/DataTable'
import { formatCount } from '../../kit/number'
import { EmptyState, type Loadable } from '../../kit/states'
import { formatTime } from '../../kit/time'
import { TimeText } from '../../kit/TimeText'
import { vaultWords } from '../i18n'

/** A column of counts: its name in the query, and `text`, `int`, `float` or `time`. */
export interface CountColumn {
  name: string
  kind: string
}

export type CountValue = string | number | boolean | null | undefined

/** What a query counted, in the order the query gave it. */
export function CountTable({ columns, table, query }: { columns: CountColumn[]; table: unknown[][]; query: Loadable<unknown> }) {
  const words = useWords(vaultWords).search
  const rows = table.map((values, at) => ({ at: String(at), values: values as CountValue[] }))
  const shown: Columns<(typeof rows)[number]> = columns.map(({ name, kind }, place) => ({
    title: <code>{name}</code>,
    key: name,
    align: kind === 'int' || kind === 'float' ? 'right' : 'left',
    sorter: (one, other) => compareValues(one.values[place], other.values[place]),
    render: (_, row) => <Value value={row.values[place]} kind={kind} />,
  }))
  return <DataTable label={words.results} rows={rows} columns={shown} rowKey={(row) => row.at} query={query} empty={<EmptyState title={words.empty} why={words.emptyWhy} />} />
}

function Value({ value, kind }: { value: CountValue; kind: string }) {
  const words = useWords(vaultWords).search
  if (value == null) return <span className="muted">{words.noValue}</span>
  if (kind === 'time' && typeof value === 'number') return <TimeText us={value} show="milli" />
  if (typeof value === 'number') return <span className="figures">{kind === 'int' ? formatCount(value) : String(value)}</span>
  return <span>{String(value)}</span>
}

/** Numbers by size, texts by their characters; what has no value comes last. */
export function compareValues(one: CountValue, other: CountValue): number {
  if (one == null || other == null) return Number(one == null) - Number(other == null)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other))
}

/** The table as a file; times as people read them. */
export function countsToCsv(columns: CountColumn[], table: unknown[][]): string {
  return toCsv(
    columns.map(({ name }) => name),
    table.map((row) => row.map((value, place) => fileText(value as CountValue, columns[place]?.kind))),
  )
}

function fileText(value: CountValue, kind: string | undefined): string {
  if (value == null) return ''
  return kind === 'time' && typeof value === 'number' ? formatTime(value, 'milli') : String(value)
}
