/** The attack map: who attacks what by which kind of attack, counted from records and laid out in three columns. */
import type { EventRecord } from '../../api/types'
import { textField } from '../../kit/event'
import type { EventFilter } from '../events/filters'

/** Nodes of one column; the rest stand together. */
const MOST_NODES = 8

/** How sources are put together when there are more than one column holds. */
export type Grouping = 'address' | 'country' | 'network'

export interface FlowNode {
  /** Column and value. */
  id: string
  column: 0 | 1 | 2
  /** What the node filters by; `null` for all the rest. */
  filter: EventFilter | null
  count: number
  blocked: number
  /** Top of the bar, and its height. */
  y: number
  height: number
}

export interface FlowLink {
  from: FlowNode
  to: FlowNode
  /** Whether these were stopped. */
  isBlocked: boolean
  count: number
  /** Middle of the ribbon at its two ends, and how wide it is. */
  y0: number
  y1: number
  width: number
}

/** One source, one kind of attack, one object. */
export interface FlowRow {
  source: EventFilter | null
  category: EventFilter | null
  object: EventFilter | null
  blocked: number
  let: number
}

export interface Flow {
  grouping: Grouping
  rows: FlowRow[]
  total: number
}

/** Actions that keep a request from the upstream. */
const STOPPED = new Set(['block', 'challenge', 'deny'])

export function isStopped(action: string): boolean {
  return STOPPED.has(action)
}

/** The network of an address, as people group them: /24, and /64 of IPv6. */
export function networkOf(address: string): string {
  const v4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(address)?.[1]
  if (v4 !== undefined) return `${v4}.0/24`
  if (!/^[\da-f:]*:[\da-f:]*$/i.test(address)) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(':')}::/64`
}

function sourceOf(record: EventRecord, grouping: Grouping): EventFilter {
  const address = textField(record.event, 'source.ip')
  if (grouping === 'country') return { key: 'country', value: textField(record.event, 'client.geo.country_iso_code') }
  return { key: 'source', value: grouping === 'network' ? networkOf(address) : address }
}

function groupingOf(records: readonly EventRecord[]): Grouping {
  const addresses = new Set(records.map(({ event }) => textField(event, 'source.ip')))
  if (addresses.size <= MOST_NODES) return 'address'
  return records.every(({ event }) => textField(event, 'client.geo.country_iso_code') !== '') ? 'country' : 'network'
}

/** The most frequent values, by name. */
function frequent(filters: readonly EventFilter[]): Set<string> {
  const counts = new Map<string, number>()
  for (const { value } of filters) counts.set(value, (counts.get(value) ?? 0) + 1)
  const values = Array.from(counts.keys()).sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0) || one.localeCompare(other))
  return new Set(values.length > MOST_NODES ? values.slice(0, MOST_NODES - 1) : values)
}

/** Counts records by source, category and object. */
export function flowOf(records: readonly EventRecord[]): Flow {
  const grouping = groupingOf(records)
  const places = records.map((record) => ({
    source: sourceOf(record, grouping),
    category: { key: 'category', value: textField(record.event, 'rule.category') } as EventFilter,
    object: { key: 'object', value: textField(record.event, 'waf.object') } as EventFilter,
    isBlocked: isStopped(textField(record.event, 'event.action')),
  }))
  const shown = { source: frequent(places.map((place) => place.source)), category: frequent(places.map((place) => place.category)), object: frequent(places.map((place) => place.object)) }
  const rows = new Map<string, FlowRow>()
  for (const place of places) {
    const [source, category, object] = (['source', 'category', 'object'] as const).map((part) => (shown[part].has(place[part].value) ? place[part] : null))
    const id = JSON.stringify([source, category, object])
    const row = rows.get(id) ?? { source: source ?? null, category: category ?? null, object: object ?? null, blocked: 0, let: 0 }
    if (place.isBlocked) row.blocked += 1
    else row.let += 1
    rows.set(id, row)
  }
  return { grouping, total: records.length, rows: Array.from(rows.values()).sort((one, other) => other.blocked + other.let - one.blocked - one.let) }
}

/** Space around a bar, for its label, and the space that its row has at least. */
const SLOT = 20

/** Places the bars and ribbons in a picture of this height. All bars have one scale. */
export function layout(flow: Flow, height: number): { nodes: FlowNode[]; links: FlowLink[] } {
  const columns = [columnOf(flow.rows, 0), columnOf(flow.rows, 1), columnOf(flow.rows, 2)]
  const room = Math.min(...columns.map((nodes) => height - nodes.length * SLOT))
  const scale = flow.total === 0 ? 0 : Math.max(room, 0) / flow.total
  for (const nodes of columns) {
    const used = flow.total * scale + nodes.length * SLOT
    let y = (height - used) / 2
    for (const node of nodes) {
      node.height = node.count * scale
      node.y = y + SLOT / 2
      y += node.height + SLOT
    }
  }
  const nodes = columns.flat()
  return { nodes, links: [...linksOf(flow.rows, nodes, 0, scale), ...linksOf(flow.rows, nodes, 1, scale)] }
}

const PARTS = ['source', 'category', 'object'] as const

function idOf(row: FlowRow, column: 0 | 1 | 2): string {
  return `${column} ${JSON.stringify(row[PARTS[column]]?.value ?? null)}`
}

/** The bars of a column, most first, the rest last. */
function columnOf(rows: readonly FlowRow[], column: 0 | 1 | 2): FlowNode[] {
  const nodes = new Map<string, FlowNode>()
  for (const row of rows) {
    const id = idOf(row, column)
    const node = nodes.get(id) ?? { id, column, filter: row[PARTS[column]], count: 0, blocked: 0, y: 0, height: 0 }
    node.count += row.blocked + row.let
    node.blocked += row.blocked
    nodes.set(id, node)
  }
  return Array.from(nodes.values()).sort((one, other) => Number(one.filter === null) - Number(other.filter === null) || other.count - one.count || one.id.localeCompare(other.id))
}

/** Ribbons between a column and the next, those that were stopped above, as in the bars, and else in the order of the bars. */
function linksOf(rows: readonly FlowRow[], nodes: readonly FlowNode[], column: 0 | 1, scale: number): FlowLink[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const links = new Map<string, FlowLink>()
  for (const row of rows) {
    const [from, to] = [byId.get(idOf(row, column)), byId.get(idOf(row, column === 0 ? 1 : 2))]
    if (from === undefined || to === undefined) continue
    for (const [isBlocked, count] of [[true, row.blocked], [false, row.let]] as const) {
      if (count === 0) continue
      const id = `${from.id} ${to.id} ${isBlocked}`
      const link = links.get(id) ?? { from, to, isBlocked, count: 0, y0: 0, y1: 0, width: 0 }
      link.count += count
      links.set(id, link)
    }
  }
  const all = Array.from(links.values())
  const first = (one: FlowLink, other: FlowLink) => Number(other.isBlocked) - Number(one.isBlocked)
  for (const link of all) link.width = link.count * scale
  stack([...all].sort((one, other) => first(one, other) || one.to.y - other.to.y), 'from', 'y0')
  stack([...all].sort((one, other) => first(one, other) || one.from.y - other.from.y), 'to', 'y1')
  return all
}

function stack(links: readonly FlowLink[], end: 'from' | 'to', middle: 'y0' | 'y1'): void {
  const used = new Map<string, number>()
  for (const link of links) {
    const node = link[end]
    const before = used.get(node.id) ?? 0
    link[middle] = node.y + before + link.width / 2
    used.set(node.id, before + link.width)
  }
}

function point(x: number, y: number): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`
}

/** The outline of a ribbon between two vertical lines. */
export function ribbon({ y0, y1, width }: Pick<FlowLink, 'y0' | 'y1' | 'width'>, x0: number, x1: number): string {
  const half = Math.max(width, 1) / 2
  const bend = (x0 + x1) / 2
  return `M${point(x0, y0 - half)}C${point(bend, y0 - half)} ${point(bend, y1 - half)} ${point(x1, y1 - half)}L${point(x1, y1 + half)}C${point(bend, y1 + half)} ${point(bend, y0 + half)} ${point(x0, y0 + half)}Z`
}

/** A text of at most `units` columns, of which a Chinese character takes two. */
export function shorten(text: string, units: number): string {
  let used = 0
  const kept: string[] = []
  for (const sign of text) {
    used += /[\u2e80-\uffee]/.test(sign) ? 2 : 1
    if (used > units) return `${kept.slice(0, -1).join('')}…`
    kept.push(sign)
  }
  return text
}
