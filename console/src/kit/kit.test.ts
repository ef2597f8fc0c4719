import { describe, expect, it } from 'vitest'
import { toCsv } from './csv'
import { readableTarget, requestLine, valueText } from './event'
import { formatBytes, formatCount } from './number'
import { allOf, fieldIs, fieldIsNot, narrow, searchHref, streamOf, withStream } from './query'
import { fromWallClock, histogramStep, rangeFromParams, rangeToParams, resolveRange } from './range'
import { returnPath, signInPath } from './return-path'
import { DAY_US, elapsed, formatDuration, formatTime, HOUR_US, isoTime, MINUTE_US, SECOND_US, startOfDay } from './time'

/** 2026-11-20T03:14:15.926535Z, the example of spec events.md §5. */
const EXAMPLE = Date.UTC(2026, 10, 20, 3, 14, 15, 926) * 1000 + 535

describe('time', () => {
  it('is shown in Beijing time whatever the zone of the machine', () => {
    expect(formatTime(EXAMPLE)).toBe('2026-11-20 11:14:15')
    expect(formatTime(EXAMPLE, 'milli')).toBe('2026-11-20 11:14:15.926')
    expect(formatTime(EXAMPLE, 'minute')).toBe('2026-11-20 11:14')
    expect(formatTime(EXAMPLE, 'clock')).toBe('11:14:15')
    expect(formatTime(EXAMPLE, 'date')).toBe('2026-11-20')
    expect(isoTime(EXAMPLE)).toBe('2026-11-20T03:14:15.926Z')
  })

  it('changes the day at midnight in Beijing, which is 16:00 UTC', () => {
    const before = Date.UTC(2026, 11, 31, 15, 59, 59) * 1000
    expect(formatTime(before)).toBe('2026-12-31 23:59:59')
    expect(formatTime(before + SECOND_US)).toBe('2027-01-01 00:00:00')
    expect(startOfDay(before)).toBe(Date.UTC(2026, 11, 30, 16) * 1000)
    expect(startOfDay(before + SECOND_US)).toBe(before + SECOND_US)
  })

  it('says how long ago in the largest whole unit', () => {
    expect(elapsed(EXAMPLE, EXAMPLE - SECOND_US)).toEqual({ unit: 'now', count: 0 })
    expect(elapsed(EXAMPLE, EXAMPLE + 59 * SECOND_US)).toEqual({ unit: 'second', count: 59 })
    expect(elapsed(EXAMPLE, EXAMPLE + 119 * SECOND_US)).toEqual({ unit: 'minute', count: 1 })
    expect(elapsed(EXAMPLE, EXAMPLE + 25 * HOUR_US)).toEqual({ unit: 'day', count: 1 })
  })

  it('writes durations with their unit', () => {
    expect(formatDuration(900, 'en')).toBe('900 µs')
    expect(formatDuration(8_200, 'en')).toBe('8.2 ms')
    expect(formatDuration(3_200_000, 'zh')).toBe('3.2 秒')
    expect(formatDuration(65 * SECOND_US, 'en')).toBe('1 min 05 s')
    expect(formatDuration(25 * HOUR_US, 'zh')).toBe('1 天 1 小时')
  })
})

describe('ranges', () => {
  it('yesterday is the Beijing day before this one', () => {
    const span = resolveRange({ preset: 'yesterday' }, EXAMPLE)
    expect(formatTime(span.from)).toBe('2026-11-19 00:00:00')
    expect(formatTime(span.to)).toBe('2026-11-20 00:00:00')
  })

  it('survive the way through the URL, and fall back when it was tampered with', () => {
    const params = new URLSearchParams()
    rangeToParams({ from: EXAMPLE, to: EXAMPLE + HOUR_US }, params)
    expect(rangeFromParams(params, '1h')).toEqual({ from: EXAMPLE, to: EXAMPLE + HOUR_US })
    rangeToParams({ preset: 'today' }, params)
    expect(params.toString()).toBe('range=today')
    expect(rangeFromParams(new URLSearchParams('range=for-ever'), '1h')).toEqual({ preset: '1h' })
    expect(rangeFromParams(new URLSearchParams('from=9&to=3'), '7d')).toEqual({ preset: '7d' })
  })

  it('have bars at round times, at most as many as asked for', () => {
    expect(histogramStep({ from: 0, to: HOUR_US }, 60)).toBe(MINUTE_US)
    expect(histogramStep({ from: 0, to: DAY_US }, 60)).toBe(30 * MINUTE_US)
    expect(histogramStep({ from: 0, to: 365 * DAY_US }, 60)).toBe(DAY_US)
  })

  it('read a picked wall clock as Beijing time', () => {
    expect(fromWallClock({ year: 2026, month: 10, day: 20, hour: 11, minute: 14, second: 15 })).toBe(Math.floor(EXAMPLE / SECOND_US) * SECOND_US)
  })
})

describe('queries', () => {
  it('quote values that are not plain', () => {
    expect(fieldIs('source.ip', '203.0.113.9')).toBe('source.ip:=203.0.113.9')
    expect(fieldIs('source.ip', '2001:db8::1')).toBe('source.ip:="2001:db8::1"')
    expect(fieldIs('waf.object', '门户 "A"\\')).toBe('waf.object:="门户 \\"A\\"\\\\"')
    expect(fieldIsNot('rule.id', 942100)).toBe('NOT rule.id:=942100')
  })

  it('narrow what a person typed without changing its meaning', () => {
    expect(narrow('', 'a:=1')).toBe('a:=1')
    expect(narrow('*', 'a:=1')).toBe('a:=1')
    expect(narrow('stream:waf', 'a:=1')).toBe('stream:waf a:=1')
    expect(narrow('x OR y', 'a:=1')).toBe('(x OR y) a:=1')
    expect(allOf('stream:waf', '', 'stream:waf')).toBe('stream:waf')
  })

  it('change the stream and nothing else', () => {
    expect(withStream('stream:waf rule.id:=1', 'access')).toBe('stream:access rule.id:=1')
    expect(withStream('stream:waf rule.id:=1', null)).toBe('rule.id:=1')
    expect(withStream('sqlmap', 'waf')).toBe('stream:waf sqlmap')
    expect(streamOf('sqlmap stream:waf')).toBe('waf')
    expect(streamOf('upstream:waf')).toBeNull()
  })

  it('lead to the search by an address that keeps them whole', () => {
    const href = searchHref({ q: 'stream:waf source.ip:=1.2.3.4', range: { preset: '1h' }, open: 'waf:12' })
    const params = new URLSearchParams(href.split('?')[1])
    expect(params.get('q')).toBe('stream:waf source.ip:=1.2.3.4')
    expect(params.get('range')).toBe('1h')
    expect(params.get('open')).toBe('waf:12')
  })
})

describe('figures', () => {
  it('are grouped by thousands and carry binary units', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect(formatCount(999)).toBe('999')
    expect(formatBytes(512)).toBe('512 B')
    expect(formatBytes(16 * 1024 * 1024)).toBe('16.0 MiB')
  })
})

describe('csv', () => {
  it('begins with a BOM, quotes what must be quoted, and never starts a formula', () => {
    const text = toCsv(['名称', 'value'], [['a,b', 'say "x"'], ['=1+1', '-5'], ['@cmd', '+8613800000000']])
    expect(text).toBe('\uFEFF名称,value\r\n"a,b","say ""x"""\r\n\'=1+1,-5\r\n\'@cmd,+8613800000000\r\n')
  })
})

describe('events', () => {
  it('are told in one line', () => {
    const event = { 'http.request.method': 'GET', 'url.domain': 'his.cn', 'url.path': '/r', 'url.query': 'id=1', 'http.response.status_code': 403, message: '已拦截' }
    expect(requestLine(event)).toBe('GET his.cn/r?id=1')
    expect(valueText(['a', 1])).toBe('a, 1')
  })

  it('show Chinese in targets, and never a character that disguises the line', () => {
    expect(readableTarget('/doctors?dept=%E5%84%BF%E7%A7%91')).toBe('/doctors?dept=儿科')
    expect(readableTarget('/a?q=%27%20OR%201%3D1%00%0a')).toBe('/a?q=%27%20OR%201%3D1%00%0a')
    // GBK, a cut character, an overlong form; right-to-left override, zero-width space, C1 control, wide blank.
    for (const kept of ['%B6%F9%BF%C6', '%E5%84', '%C0%AF', 'a%E2%80%AEtxt', '%E2%80%8B', '%C2%85', '%E3%80%80', '%E5%84%BF%E2%80%AE']) expect(readableTarget(kept)).toBe(kept)
  })
})

describe('the way back after signing in', () => {
  it('never leaves the console', () => {
    expect(returnPath('/vault/search?q=x')).toBe('/vault/search?q=x')
    for (const trick of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a\\b', '/\n/evil', null, '', '/login?next=/']) expect(returnPath(trick)).toBe('/')
  })

  it('is kept in the address of the sign-in page', () => {
    expect(signInPath('/', false)).toBe('/login')
    expect(signInPath('/vault/search?q=a b', true)).toBe('/login?next=%2Fvault%2Fsearch%3Fq%3Da+b&ended=1')
  })
})
