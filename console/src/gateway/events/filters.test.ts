import { describe, expect, it } from 'vitest'
import { filtersFrom, filtersTo, queryOf, termOf, withFilters, withoutFilter, type EventFilter } from './filters'

const SQLI: EventFilter = { key: 'category', value: 'sqli' }
const XSS: EventFilter = { key: 'category', value: 'xss' }
const SOURCE: EventFilter = { key: 'source', value: '10.1.2.3' }

function check(filter: EventFilter, term: string) {
  expect(termOf(filter)).toBe(term)
}

describe('filters of events', () => {
  it('come back from the address as they were written, beside what else stands there', () => {
    const params = new URLSearchParams('range=7d&by=object&category=old')
    const filters: EventFilter[] = [{ key: 'object', value: '门诊 预约&挂号' }, SQLI, XSS, SOURCE, { key: 'contains', value: '/a?b=1' }]
    filtersTo(filters, params)
    expect(filtersFrom(new URLSearchParams(params.toString()))).toEqual(filters)
    expect([params.get('range'), params.get('by')]).toEqual(['7d', 'object'])
  })

  it('in an address written by hand are read without blanks, doubles and strangers', () => {
    expect(filtersFrom(new URLSearchParams('category=sqli&category=sqli&category=%20&colour=red'))).toEqual([SQLI])
    expect(filtersFrom(new URLSearchParams(Array.from({ length: 70 }, (_, at) => ['source', `10.0.0.${at}`])))).toHaveLength(5)
  })

  it('are added once and taken away alone', () => {
    const both = withFilters([SQLI], [XSS, SQLI])
    expect(both).toEqual([XSS, SQLI])
    expect(withoutFilter(both, { ...SQLI })).toEqual([XSS])
  })

  it('of one kind lose the oldest value when they are full', () => {
    const full = ['1', '2', '3', '4', '5'].map((value): EventFilter => ({ key: 'rule', value }))
    expect(withFilters([SQLI, ...full], [{ key: 'rule', value: '6' }]).map(({ value }) => value)).toEqual(['sqli', '2', '3', '4', '5', '6'])
  })

  it('of one kind add up, kinds narrow each other', () => {
    expect(queryOf('stream:waf', [])).toBe('stream:waf')
    expect(queryOf('stream:waf', [SOURCE, XSS, SQLI])).toBe('stream:waf (rule.category:=xss OR rule.category:=sqli) source.ip:=10.1.2.3')
  })

  it('know networks, classes of status, and parts of a path', () => {
    check({ key: 'source', value: '10.1.2.0/24' }, 'source.ip:cidr(10.1.2.0/24)')
    check({ key: 'source', value: '2001:db8::/64' }, 'source.ip:cidr(2001:db8::/64)')
    check({ key: 'source', value: '1) OR stream:auth (' }, 'source.ip:="1) OR stream:auth ("')
    check({ key: 'status', value: '4xx' }, 'http.response.status_code:[400,499]')
    check({ key: 'status', value: '403' }, 'http.response.status_code:=403')
    check({ key: 'contains', value: '/a.b"(' }, 'url.path:~"(?i)/a\\\\.b\\"\\\\("')
    check({ key: 'object', value: '门诊' }, 'waf.object:="门诊"')
  })
})
