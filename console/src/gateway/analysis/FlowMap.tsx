import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { shared, useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { searchHref } from '../../kit/query'
import type { TimeRange } from '../../kit/range'
import { StatusTag } from '../../kit/status'
import { queryOf, type EventFilter } from '../events/filters'
import { useValueName, type Filters } from '../events/useFilters'
import { layout, ribbon, shorten, type Flow, type FlowLink, type FlowNode } from './flow'
import { analysisWords } from './i18n'

const HEIGHT = 420
const LEAST_WIDTH = 620
const BAR = 12
/** Room for the names on both sides, in pixels, and in columns of text. */
const SIDE = 168
const SIDE_UNITS = 17
const MIDDLE_UNITS = 28

interface FlowMapProps {
  flow: Flow
  /** Query of the page, within which a ribbon's records lie. */
  q: string
  range: TimeRange
  filters: Filters
}

const PARTS = ['source', 'category', 'object'] as const

/** Sources at left, kinds of attack in the middle, protected objects at right; the width of a ribbon is the count. */
export function FlowMap({ flow, q, range, filters }: FlowMapProps) {
  const words = useWords(shared).common
  const [asTable, setAsTable] = useState(false)
  return (
    <>
      {asTable ? <FlowTable flow={flow} q={q} range={range} /> : <FlowPicture flow={flow} filters={filters} />}
      <Button type="link" size="small" className="picture-switch" onClick={() => setAsTable(!asTable)}>
        {asTable ? words.showChart : words.showTable}
      </Button>
    </>
  )
}

/** The width of an element, as the window changes. */
function useWidth() {
  const ground = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(LEAST_WIDTH)
  useEffect(() => {
    const element = ground.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(LEAST_WIDTH, Math.floor(entry.contentRect.width))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ground, width }
}

function useNodeName() {
  const words = useWords(analysisWords)
  const nameOf = useValueName()
  return (filter: EventFilter | null) => (filter === null ? words.rest : nameOf(filter))
}

/** What can be filtered by: not what stands for many, and not what has no name. */
function chosen(...filters: (EventFilter | null)[]): EventFilter[] {
  return filters.flatMap((filter) => (filter === null || filter.value === '' ? [] : [filter]))
}

function FlowPicture({ flow, filters }: { flow: Flow; filters: Filters }) {
  const words = useWords(analysisWords)
  const nodeName = useNodeName()
  const { ground, width } = useWidth()
  const [pointed, setPointed] = useState<FlowNode | FlowLink | null>(null)
  const { nodes, links } = layout(flow, HEIGHT)
  const places = [SIDE, (width - BAR) / 2, width - SIDE - BAR]
  const x = (node: FlowNode) => places[node.column] ?? 0
  const linkText = (link: FlowLink) => words.mapLink(nodeName(link.from.filter), nodeName(link.to.filter), formatCount(link.count), link.isBlocked ? words.blocked : words.passed)
  const nodeText = (node: FlowNode) => words.mapNode(words.mapColumns[PARTS[node.column]], nodeName(node.filter), formatCount(node.count), formatCount(node.blocked))
  const isLit = (link: FlowLink) => pointed !== null && ('from' in pointed ? pointed.from.id === link.from.id && pointed.to.id === link.to.id && pointed.isBlocked === link.isBlocked : pointed.id === link.from.id || pointed.id === link.to.id)
  return (
    <>
      <div className="flow-scroll" ref={ground}>
        <svg className={pointed === null ? 'flow' : 'flow pointed'} width={width} height={HEIGHT} role="group" aria-label={words.mapLabel}>
          {links.map((link) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the keyboard has the table, and the bars at both ends
            <path
              key={`${link.from.id} ${link.to.id} ${link.isBlocked}`}
              className={`flow-link ${link.isBlocked ? 'blocked' : 'passed'}${isLit(link) ? ' lit' : ''}`}
              d={ribbon(link, x(link.from) + BAR, x(link.to))}
              onClick={() => filters.add(...chosen(link.from.filter, link.to.filter))}
              onMouseEnter={() => setPointed(link)}
              onMouseLeave={() => setPointed(null)}
            />
          ))}
          {nodes.map((node) => (
            <FlowBar key={node.id} node={node} x={x(node)} name={nodeName(node.filter)} text={nodeText(node)} onPoint={setPointed} onChoose={() => filters.add(...chosen(node.filter))} />
          ))}
        </svg>
      </div>
      <p className="picture-note">
        <StatusTag meaning="ok">{words.blocked}</StatusTag> <StatusTag meaning="high">{words.passed}</StatusTag>{' '}
        <span className="muted">{pointed === null ? words.mapHint : 'from' in pointed ? linkText(pointed) : nodeText(pointed)}</span>
      </p>
    </>
  )
}

interface FlowBarProps {
  node: FlowNode
  x: number
  name: string
  text: string
  onPoint: (node: FlowNode | null) => void
  onChoose: () => void
}

/** A bar with its name: the part that was stopped above, the rest below. */
function FlowBar({ node, x, name, text, onPoint, onChoose }: FlowBarProps) {
  const isChoice = node.filter !== null && node.filter.value !== ''
  const stopped = (node.height * node.blocked) / Math.max(node.count, 1)
  const isLeft = node.column === 0
  const shown = shorten(name, node.column === 1 ? MIDDLE_UNITS : SIDE_UNITS)
  const middle = node.y + node.height / 2
  return (
    <g
      className={isChoice ? 'flow-node choice' : 'flow-node'}
      role={isChoice ? 'button' : 'img'}
      tabIndex={0}
      // What is said begins with what is seen, also where the name did not fit.
      aria-label={shown === name ? text : `${shown} ${formatCount(node.count)} ${text}`}
      onClick={() => isChoice && onChoose()}
      onKeyDown={(event) => {
        if (!isChoice || (event.key !== 'Enter' && event.key !== ' ')) return
        event.preventDefault()
        onChoose()
      }}
      onFocus={() => onPoint(node)}
      onBlur={() => onPoint(null)}
      onMouseEnter={() => onPoint(node)}
      onMouseLeave={() => onPoint(null)}
    >
      <title>{text}</title>
      <rect className="blocked" x={x} y={node.y} width={BAR} height={Math.max(stopped, node.blocked > 0 ? 1 : 0)} />
      <rect className="passed" x={x} y={node.y + stopped} width={BAR} height={Math.max(node.height - stopped, node.count > node.blocked ? 1 : 0)} />
      <text x={isLeft ? x - 8 : x + BAR + 8} y={middle} textAnchor={isLeft ? 'end' : 'start'} dominantBaseline="central">
        {shown} <tspan className="flow-count">{formatCount(node.count)}</tspan>
      </text>
    </g>
  )
}

function FlowTable({ flow, q, range }: Pick<FlowMapProps, 'flow' | 'q' | 'range'>) {
  const words = useWords(analysisWords)
  const nodeName = useNodeName()
  const columns = [words.mapColumns.source, words.mapColumns.category, words.mapColumns.object, words.blocked, words.passed, words.records]
  return (
    <div className="plain-table flow-table" style={{ height: HEIGHT }} tabIndex={0} role="region" aria-label={words.mapLabel}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {flow.rows.map((row) => {
            const parts = PARTS.map((part) => nodeName(row[part]))
            const filters = chosen(row.source, row.category, row.object)
            return (
              <tr key={JSON.stringify([row.source, row.category, row.object])}>
                {parts.map((name, at) => (
                  <td key={PARTS[at]}>{name}</td>
                ))}
                <td>{formatCount(row.blocked)}</td>
                <td>{formatCount(row.let)}</td>
                <td>
                  {filters.length === PARTS.length && (
                    <Link to={searchHref({ q: queryOf(q, filters), range })} aria-label={words.recordsOf(parts.join(' → '))}>
                      {words.records}
                    </Link>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
