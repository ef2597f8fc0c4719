import { describe, expect, it } from 'vitest'
import type { EventRecord, Histogram } from '../../api/types'
import { HOUR_US, DAY_US, MINUTE_US } from '../../kit/time'
import { attackRows, COLUMNS } from './attack-file'
import { flowOf, layout, networkOf, ribbon, shorten, type FlowLink, type FlowNode } from './flow'
import { dayRows, firstPlace, heatKind, heatLevel, nextPlace, valueRows, weekdayOf, weekdayRows } from './heat'
import { EXPORT_ROWS, NEWEST, readAll } from './questions'
import { seriesOf, totalOf } from './trend'

let seq = 0

function attack(source: string, category: string, object: string, action = 'block', more: Record<string, unknown> = {}): EventRecord {
  seq += 1
  return { stream: 'waf', seq, address: `waf:${seq}`, event: { 'source.ip': source, 'rule.category': category, 'waf.object': object, 'event.action': action, ...more } }
}

/** 2026-11-23 00:00 in Beijing, a Monday. */
const MONDAY = Date.UTC(2026, 10, 22, 16) * 1000

function groups(records: EventRecord[]) {
  return flowOf(records).rows.map(({ source }) => source)
}

function sourcesOf(country: (at: number) => string): EventRecord[] {
  return Array.from({ length: 9 }, (_, at) => attack(`10.0.0.${at}`, 'sqli', 'his', 'block', { 'client.geo.country_iso_code': country(at) }))
}

function rightEdge(links: FlowLink[], node: FlowNode): number {
  return links.filter(({ from }) => from.id === node.id).reduce((sum, { width }) => sum + width, 0)
}

function pages(last: number) {
  return (_question: unknown, cursor?: string) => {
    const page = Number(cursor ?? 0)
    return Promise.resolve({ rows: Array.from({ length: NEWEST }, () => attack('10.0.0.1', 'sqli', 'his')), next_cursor: page < last ? String(page + 1) : null, complete: true, scanned: 0, scan: 'full', millis: 0 })
  }
}

describe('a trend', () => {
  it('stacks the most frequent values, and the rest as one', () => {
    const buckets: Histogram['buckets'] = [
      { at: 0, counts: { a: 1, b: 5, c: 2 } },
      { at: 1, counts: { a: 3, d: 1 } },
    ]
    expect(seriesOf(buckets, 3)).toEqual([
      { key: 'b', counts: [5, 0], total: 5 },
      { key: 'a', counts: [1, 3], total: 4 },
      { key: null, counts: [2, 1], total: 3 },
    ])
    expect(seriesOf(buckets, 4).map(({ key }) => key)).toEqual(['b', 'a', 'c', 'd'])
    expect([totalOf(buckets), totalOf(buckets, 'a'), totalOf([])]).toEqual([12, 4, 0])
  })
})

describe('a heat map', () => {
  it('has rows that suit the length of time', () => {
    expect([HOUR_US, 2 * DAY_US, 7 * DAY_US, 30 * DAY_US].map((length) => heatKind({ from: MONDAY, to: MONDAY + length }))).toEqual(['values', 'values', 'days', 'weekdays'])
  })

  it('puts an hour of Beijing into its day and weekday', () => {
    const at = MONDAY + 23 * HOUR_US
    expect([weekdayOf(MONDAY), weekdayOf(MONDAY - 1), weekdayOf(at)]).toEqual([0, 6, 0])
    const buckets: Histogram['buckets'] = [
      { at: MONDAY - HOUR_US, counts: { a: 1 } },
      { at, counts: { a: 2, b: 3 } },
      { at: at + 7 * DAY_US, counts: { a: 4 } },
    ]
    expect(dayRows(buckets).map(({ key }) => Number(key))).toEqual([MONDAY - DAY_US, MONDAY, MONDAY + 7 * DAY_US])
    expect(dayRows(buckets)[1]?.cells[23]).toEqual({ count: 5, at })
    expect(weekdayRows(buckets).map(({ cells }) => cells[23]?.count)).toEqual([9, 0, 0, 0, 0, 0, 1])
  })

  it('shows a few beside thousands, and nothing where nothing was', () => {
    expect([0, 1, 10, 100, 9999, 10_000].map((count) => heatLevel(count, 10_000))).toEqual([0, 1, 2, 3, 5, 5])
    expect(heatLevel(1, 1)).toBe(5)
  })

  it('is walked by arrow keys over what is empty', () => {
    const rows = valueRows([
      { at: 0, counts: { a: 3, b: 1 } },
      { at: 1, counts: {} },
      { at: 2, counts: { a: 1 } },
    ])
    expect(firstPlace(rows)).toEqual({ row: 0, column: 0 })
    expect(nextPlace(rows, { row: 0, column: 0 }, 'ArrowRight')).toEqual({ row: 0, column: 2 })
    expect(nextPlace(rows, { row: 0, column: 0 }, 'ArrowDown')).toEqual({ row: 1, column: 0 })
    expect(nextPlace(rows, { row: 0, column: 2 }, 'ArrowDown')).toBeNull()
    expect(nextPlace(rows, { row: 0, column: 0 }, 'Tab')).toBeNull()
    expect(firstPlace(valueRows([]))).toBeNull()
  })
})

describe('the attack map', () => {
  const records = [attack('10.0.0.1', 'sqli', 'his'), attack('10.0.0.1', 'sqli', 'his', 'observe'), attack('10.0.0.1', 'xss', 'pacs'), attack('10.0.0.2', 'sqli', 'pacs')]

  it('counts each record once, told by what became of it', () => {
    const flow = flowOf(records)
    expect(flow.grouping).toBe('address')
    expect(flow.total).toBe(4)
    expect(flow.rows[0]).toEqual({ source: { key: 'source', value: '10.0.0.1' }, category: { key: 'category', value: 'sqli' }, object: { key: 'object', value: 'his' }, blocked: 1, let: 1 })
    expect(flow.rows.reduce((sum, row) => sum + row.blocked + row.let, 0)).toBe(4)
  })

  it('keeps the rest together when there are more than fit', () => {
    const many = Array.from({ length: 12 }, (_, at) => attack('10.0.0.1', `kind${at}`, 'his'))
    const { nodes } = layout(flowOf(many), 420)
    const middle = nodes.filter(({ column }) => column === 1)
    expect(middle).toHaveLength(8)
    expect(middle.at(-1)).toMatchObject({ filter: null, count: 5 })
  })

  it('groups many sources by country when each has one, else by network', () => {
    expect(groups(sourcesOf(() => 'CN'))).toEqual([{ key: 'country', value: 'CN' }])
    expect(groups(sourcesOf((at) => (at === 3 ? '' : 'CN')))).toEqual([{ key: 'source', value: '10.0.0.0/24' }])
  })

  it('knows the network of an address', () => {
    expect(networkOf('10.1.2.3')).toBe('10.1.2.0/24')
    expect(networkOf('2001:db8:0:1::5')).toBe('2001:db8:0:1::/64')
    expect(networkOf('2001:db8::5')).toBe('2001:db8:0:0::/64')
    expect(networkOf('::1')).toBe('0:0:0:0::/64')
    expect(networkOf('unknown')).toBe('unknown')
  })

  it('gives every count the same width, inside the picture, without overlap', () => {
    const { nodes, links } = layout(flowOf(records), 420)
    for (const column of [0, 1, 2]) {
      const own = nodes.filter((node) => node.column === column)
      expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(4)
      own.forEach((node, at) => {
        expect(node.y).toBeGreaterThanOrEqual(0)
        expect(node.y + node.height).toBeLessThanOrEqual(420)
        const before = own[at - 1]
        if (before) expect(node.y).toBeGreaterThanOrEqual(before.y + before.height)
      })
    }
    for (const node of nodes.filter(({ column }) => column < 2)) expect(rightEdge(links, node)).toBeCloseTo(node.height)
    for (const link of links) expect(link.width / link.count).toBeCloseTo((nodes[0]?.height ?? 0) / (nodes[0]?.count ?? 1))
  })

  it('of nothing is empty', () => {
    expect(layout(flowOf([]), 420)).toEqual({ nodes: [], links: [] })
  })

  it('draws a ribbon that is never too thin to be seen', () => {
    expect(ribbon({ y0: 10, y1: 20, width: 0 }, 0, 100)).toBe('M0.0,9.5C50.0,9.5 50.0,19.5 100.0,19.5L100.0,20.5C50.0,20.5 50.0,10.5 0.0,10.5Z')
  })

  it('shortens names by their width', () => {
    expect([shorten('demo-portal', 17), shorten('门诊预约挂号系统平台', 10), shorten('abcdef', 3)]).toEqual(['demo-portal', '门诊预约…', 'ab…'])
  })
})

describe('the file of attacks', () => {
  it('names time, source, kind, URL and what became of it', () => {
    const record = attack('10.0.0.1', 'sqli', 'his', 'block', { '@timestamp': MONDAY + MINUTE_US, 'url.domain': 'his.example.cn', 'url.path': '/report', 'url.query': "id=1' or 1=1", 'http.response.status_code': 403, 'rule.id': 'MW-SQLI-001', 'http.request.method': 'GET', 'http.request.id': 'r1' })
    const [row = []] = attackRows([record], { category: (code) => `<${code}>`, action: () => '已拦截' })
    expect(Object.fromEntries(COLUMNS.map((column, at) => [column, row[at]]))).toEqual({
      time: '2026-11-23 00:01:00.000', source: '10.0.0.1', category: '<sqli>', rule: 'MW-SQLI-001', host: 'his.example.cn', method: 'GET', url: "/report?id=1' or 1=1", action: '已拦截', status: '403', object: 'his', request: 'r1',
    })
  })

  const question = { q: '', span: { from: 0, to: 1 } }

  it('holds every page, and says when it could not', async () => {
    const counts: number[] = []
    const few = await readAll(question, (count) => counts.push(count), pages(1))
    expect([few.records.length, few.isWhole, counts]).toEqual([2_000, true, [1_000, 2_000]])
    const many = await readAll(question, () => {}, pages(99))
    expect([many.records.length, many.isWhole]).toEqual([EXPORT_ROWS, false])
  })
})
