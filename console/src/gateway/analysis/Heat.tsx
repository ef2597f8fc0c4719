import { useRef, useState, type KeyboardEvent } from 'react'
import { useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import type { Span } from '../../kit/range'
import { EmptyState, Loaded } from '../../kit/states'
import { DAY_US, formatTime, HOUR_US } from '../../kit/time'
import { useValueName, type Filters } from '../events/useFilters'
import { firstPlace, heatKind, heatLevel, nextPlace, rowsOf, weekdayOf, type HeatKind, type HeatRow, type Place } from './heat'
import { analysisWords } from './i18n'
import { useCounts, type Question } from './questions'
import { trendStep } from './Trend'

interface HeatProps {
  question: Question
  onSpan: (span: Span) => void
  filters: Filters
}

/** When attacks happen: objects over time, or days and weekdays over the hours. */
export function Heat({ question, onSpan, filters }: HeatProps) {
  const words = useWords(analysisWords)
  const kind = heatKind(question.span)
  const step = kind === 'objects' ? trendStep(question.span) : HOUR_US
  const counts = useCounts(question, step, 'waf.object')
  return (
    <Panel title={words.heat[kind]}>
      <div className="analysis-heat">
        <Loaded query={counts} lines={6}>
          {({ buckets }) => {
            const rows = rowsOf(kind, buckets)
            if (firstPlace(rows) === null) return <EmptyState title={words.empty} why={words.emptyWhy} />
            return <HeatTable key={kind} kind={kind} rows={rows} span={question.span} onPick={(at) => onSpan({ from: at, to: at + step })} filters={filters} />
          }}
        </Loaded>
      </div>
    </Panel>
  )
}

interface HeatTableProps {
  kind: HeatKind
  rows: HeatRow[]
  span: Span
  onPick: (at: number) => void
  filters: Filters
}

function useHeatNames(kind: HeatKind, span: Span) {
  const words = useWords(analysisWords)
  const nameOf = useValueName()
  const weekdays = words.weekdays.split(' ')
  const style = span.to - span.from > DAY_US ? 'minute' : 'clockMinute'
  const row = (key: string) => {
    if (kind === 'objects') return key === '*' ? words.heatMore : nameOf({ key: 'object', value: key })
    if (kind === 'weekdays') return weekdays[Number(key)] ?? ''
    return `${formatTime(Number(key), 'date').slice(5)} ${weekdays[weekdayOf(Number(key))] ?? ''}`
  }
  const column = (rows: HeatRow[], at: number) => {
    const begin = kind === 'objects' ? rows[0]?.cells[at]?.at : null
    return begin === null || begin === undefined ? words.hour(at) : formatTime(begin, style)
  }
  return { row, column }
}

function HeatTable({ kind, rows, span, onPick, filters }: HeatTableProps) {
  const words = useWords(analysisWords)
  const names = useHeatNames(kind, span)
  const table = useRef<HTMLTableElement>(null)
  const [entered, setEntered] = useState<Place | null>(null)
  const [pointed, setPointed] = useState<Place | null>(null)
  const most = Math.max(...rows.flatMap(({ cells }) => cells.map(({ count }) => count)))
  const width = rows[0]?.cells.length ?? 0
  // A key press may follow a refresh that emptied the cell.
  const entry = entered !== null && (rows[entered.row]?.cells[entered.column]?.count ?? 0) > 0 ? entered : firstPlace(rows)
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
        <table className="heat-table" ref={table} aria-label={words.heatLabel}>
          <tbody>
            {rows.map(({ key, cells }, row) => (
              <tr key={key}>
                <th scope="row">
                  {kind === 'objects' && key !== '*' && key !== '' ? (
                    <button type="button" className="heat-name" title={words.filterBy(names.row(key))} onClick={() => filters.add({ key: 'object', value: key })}>
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
                <td key={column}>{column % Math.ceil(width / 8) === 0 && <span>{names.column(rows, column)}</span>}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
      <p className="picture-note muted">{pointed === null ? told : textOf(pointed)}</p>
    </>
  )
}
