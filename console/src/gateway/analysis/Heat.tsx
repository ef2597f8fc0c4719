import { Segmented } from 'antd'
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react'
import { useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import type { Span } from '../../kit/range'
import { EmptyState, Loaded } from '../../kit/states'
import { formatTime, HOUR_US } from '../../kit/time'
import { FIELDS } from '../events/filters'
import { useValueName, type Filters } from '../events/useFilters'
import { firstPlace, heatKind, heatLevel, nextPlace, rowsOf, weekdayOf, type HeatKind, type HeatRow, type Place } from './heat'
import { analysisWords } from './i18n'
import { useCounts, type Question } from './questions'
import { axisTime } from './Trend'
import { trendStep } from './trend'

/** Fields whose values can be the rows. */
const FIELDS_SHOWN = ['category', 'object', 'source'] as const
type HeatField = (typeof FIELDS_SHOWN)[number]

interface HeatProps {
  question: Question
  onSpan: (span: Span) => void
  filters: Filters
}

/** When attacks happen: types, objects or sources over time, or days and weekdays over the hours. */
export function Heat({ question, onSpan, filters }: HeatProps) {
  const words = useWords(analysisWords)
  const kind = heatKind(question.span)
  const [by, setBy] = useState<HeatField>('category')
  const step = kind === 'values' ? trendStep(question.span) : HOUR_US
  const counts = useCounts(question, step, FIELDS[kind === 'values' ? by : 'object'])
  const choice = <Segmented aria-label={words.heatRows} size="small" value={by} options={FIELDS_SHOWN.map((value) => ({ value, label: words.splits[value] }))} onChange={setBy} />
  return (
    <Panel title={words.heat[kind]} extra={kind === 'values' && choice}>
      <div className="analysis-heat">
        <Loaded query={counts} lines={6}>
          {({ buckets }) => {
            const rows = rowsOf(kind, buckets)
            if (firstPlace(rows) === null) return <EmptyState title={words.empty} why={words.emptyWhy} />
            return <HeatTable key={`${kind} ${by}`} kind={kind} by={by} rows={rows} span={question.span} onPick={(at) => onSpan({ from: at, to: at + step })} filters={filters} />
          }}
        </Loaded>
      </div>
    </Panel>
  )
}

interface HeatTableProps {
  kind: HeatKind
  by: HeatField
  rows: HeatRow[]
  span: Span
  onPick: (at: number) => void
  filters: Filters
}

function useHeatNames(kind: HeatKind, by: HeatField, span: Span) {
  const words = useWords(analysisWords)
  const nameOf = useValueName()
  const weekdays = words.weekdays.split(' ')
  const row = (key: string) => {
    if (kind === 'values') return key === '*' ? words.rest : nameOf({ key: by, value: key })
    if (kind === 'weekdays') return weekdays[Number(key)] ?? ''
    return `${formatTime(Number(key), 'date').slice(5)} ${weekdays[weekdayOf(Number(key))] ?? ''}`
  }
  const column = (rows: HeatRow[], at: number) => {
    const begin = kind === 'values' ? rows[0]?.cells[at]?.at : null
    return begin === null || begin === undefined ? words.hour(at) : axisTime(begin, span)
  }
  return { row, column }
}

/** Few rows are high, so that the picture has about one size. */
function cellHeight(rows: number): number {
  return Math.max(24, Math.min(56, Math.floor(248 / rows)))
}

function HeatTable({ kind, by, rows, span, onPick, filters }: HeatTableProps) {
  const words = useWords(analysisWords)
  const names = useHeatNames(kind, by, span)
  const table = useRef<HTMLTableElement>(null)
  const [entered, setEntered] = useState<Place | null>(null)
  const [pointed, setPointed] = useState<Place | null>(null)
  const most = Math.max(...rows.flatMap(({ cells }) => cells.map(({ count }) => count)))
  const width = rows[0]?.cells.length ?? 0
  const apart = Math.ceil(width / 6)
  // A refresh may have emptied the cell where the keyboard or the pointer is.
  const entry = entered !== null && (rows[entered.row]?.cells[entered.column]?.count ?? 0) > 0 ? entered : firstPlace(rows)
  const isThere = pointed !== null && (rows[pointed.row]?.cells[pointed.column]?.count ?? 0) > 0
  const textOf = ({ row, column }: Place) => words.heatCell(names.row(rows[row]?.key ?? ''), names.column(rows, column), formatCount(rows[row]?.cells[column]?.count ?? 0))
  const move = (event: KeyboardEvent, from: Place) => {
    const next = nextPlace(rows, from, event.key)
    if (next === null) return
    event.preventDefault()
    setEntered(next)
    table.current?.querySelector<HTMLButtonElement>(`[data-place="${next.row} ${next.column}"]`)?.focus()
  }
  const told = kind === 'weekdays' ? words.heatHintOnly : words.heatHint
  return (
    <>
      <div className="heat-scroll">
        <table className="heat-table" ref={table} style={{ '--cell': `${cellHeight(rows.length)}px` } as CSSProperties} aria-label={words.heatLabel}>
          <tbody>
            {rows.map(({ key, cells }, row) => (
              <tr key={key}>
                <th scope="row">
                  {kind === 'values' && key !== '*' && key !== '' ? (
                    <button type="button" className="heat-name" title={words.filterBy(names.row(key))} onClick={() => filters.add({ key: by, value: key })}>
                      {names.row(key)}
                    </button>
                  ) : (
                    names.row(key)
                  )}
                </th>
                {cells.map(({ count, at }, column) => (
                  <td key={at ?? column} className={`heat-${heatLevel(count, most)}`}>
                    {count > 0 && (
                      <button
                        type="button"
                        data-place={`${row} ${column}`}
                        tabIndex={entry?.row === row && entry.column === column ? 0 : -1}
                        aria-label={textOf({ row, column })}
                        onClick={() => at !== null && onPick(at)}
                        onKeyDown={(event) => move(event, { row, column })}
                        onFocus={() => setPointed({ row, column })}
                        onBlur={() => setPointed(null)}
                        onMouseEnter={() => setPointed({ row, column })}
                        onMouseLeave={() => setPointed(null)}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
            <tr className="heat-hours" aria-hidden="true">
              <th>{' '}</th>
              {Array.from({ length: width }, (_, column) => (
                <td key={column}>{column % apart === 0 && column <= width - apart * 0.7 && <span>{names.column(rows, column)}</span>}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
      <p className="picture-note muted">{isThere ? textOf(pointed) : told}</p>
    </>
  )
}
