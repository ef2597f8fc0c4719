import { describe, expect, it } from 'vitest'
import { SECOND_US } from '../../kit/time'
import { readRecord } from '../parts/useTail'
import { classOf, noCounts, RateBook, requestsOf, WINDOW_SECONDS, type RateWindow } from './rate'
import { kindOf, trafficQuery } from './traffic-query'

const NOW = 1_800_000_000 * SECOND_US

function request(at: number, status: number, ingested = at) {
  return { '@timestamp': at, 'event.ingested': ingested, 'http.response.status_code': status }
}

/** Counts of the known seconds, from the oldest. */
function known({ seconds }: RateWindow): number[] {
  return seconds.flatMap(({ counts }) => (counts === null ? [] : [requestsOf(counts)]))
}

describe('the rate of requests', () => {
  it('tells requests by their status, and attacks from them', () => {
    expect([200, 301, 403, 503, 101, 0].map((status) => classOf('access', request(NOW, status)))).toEqual(['2xx', '3xx', '4xx', '5xx', 'none', 'none'])
    expect(classOf('waf', request(NOW, 403))).toBe('attack')
    expect(requestsOf({ ...noCounts(), '2xx': 3, none: 1, attack: 5 })).toBe(4)
  })

  it('is unknown before the stream is open', () => {
    const book = new RateBook()
    const last = book.window(NOW)
    expect([last.seconds.length, last.known]).toEqual([WINDOW_SECONDS, 0])
    expect(last.seconds.every(({ counts }) => counts === null)).toBe(true)
  })

  it('puts each record into its second, and forgets after a minute', () => {
    const book = new RateBook()
    book.open(NOW)
    for (const after of [1, 1, 3]) book.add('access', request(NOW + after * SECOND_US, 200), NOW + after * SECOND_US)
    book.add('waf', request(NOW + 3 * SECOND_US, 403), NOW + 3 * SECOND_US)
    const last = book.window(NOW + 6 * SECOND_US)
    expect(known(last)).toEqual([2, 0, 1])
    expect(last.total).toEqual({ ...noCounts(), '2xx': 3, attack: 1 })
    const later = book.window(NOW + 90 * SECOND_US)
    expect([later.known, requestsOf(later.total)]).toEqual([WINDOW_SECONDS, 0])
  })

  it('keeps the time of the server when the clock of the browser is wrong', () => {
    const behind = 600 * SECOND_US
    const book = new RateBook()
    book.open(NOW - behind)
    book.add('access', request(NOW + SECOND_US, 200), NOW + SECOND_US - behind)
    book.add('access', request(NOW + SECOND_US, 200), NOW + 2 * SECOND_US - behind)
    expect(known(book.window(NOW + 5 * SECOND_US - behind))).toEqual([2, 0])
  })

  it('is unknown while the stream is down, and known again when it has replayed', () => {
    const book = new RateBook()
    book.open(NOW)
    book.close(NOW + 4 * SECOND_US)
    expect(book.window(NOW + 10 * SECOND_US).known).toBe(3)
    book.open(NOW + 10 * SECOND_US)
    book.add('access', request(NOW + 5 * SECOND_US, 200, NOW + 5 * SECOND_US), NOW + 10 * SECOND_US)
    expect(known(book.window(NOW + 15 * SECOND_US)).reduce((sum, count) => sum + count, 0)).toBe(1)
  })

  it('passes over a record without a time', () => {
    const book = new RateBook()
    book.open(NOW)
    book.add('access', {}, NOW)
    expect(requestsOf(book.window(NOW + 9 * SECOND_US).total)).toBe(0)
  })
})

describe('the query of live traffic', () => {
  it('asks for requests and attacks unless told otherwise', () => {
    expect(['access', 'waf', 'x', null].map(kindOf)).toEqual(['access', 'waf', 'all', 'all'])
    expect(trafficQuery('all', [], ' ')).toBe('(stream:access OR stream:waf)')
  })

  it('keeps what a person typed together', () => {
    expect(trafficQuery('access', [{ key: 'status', value: '5xx' }], 'curl OR wget')).toBe('(curl OR wget) stream:access http.response.status_code:[500,599]')
  })
})

describe('a frame of the tail', () => {
  it('that is no record is passed over', () => {
    expect([readRecord('{'), readRecord('{"address":"waf:1"}'), readRecord('null')]).toEqual([null, null, null])
    expect(readRecord('{"address":"waf:1","event":{}}')?.address).toBe('waf:1')
  })
})
