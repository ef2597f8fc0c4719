import { describe, expect, it } from 'vitest'
import { Problem } from '../../api/problem'
import type { Guard, GuardInput } from '../../api/types'
import { faultsOf } from '../condition/faults'
import { areaSlip, areaValues, bandSlip, inputOf, isSound, valuesOf } from './guard-input'

const FULL: Guard['spec'] = {
  name: '影像',
  description: 'PACS',
  on_second: 'refuse',
  max_sessions: 200,
  reserved_sessions: 20,
  bands: [{ window: { weekdays: ['sat', 'sun'], from: '08:00', to: '12:00', first_day: null, last_day: null, holidays: 'included', zone: null }, max_sessions: 50 }],
  idle_minutes: 30,
  absolute_hours: 8,
  step_up_from: 'L4',
  step_up_minutes: 5,
  areas: [
    { path_prefix: '/static', public: true, polling: false },
    { path_prefix: '/report', methods: ['POST'], public: false, polling: true, roles: ['operator'], departments: ['放射科'], label: 'L3', priority: 7 },
  ],
  requests_per_second: 20,
  concurrent_requests: 4,
  level: { p95_ms: 800, error_percent: 0 },
  ends_sessions: true,
  admit_up_to: 6,
  allow_plain_http: true,
}

const guard = (spec: Partial<Guard['spec']>): Guard => ({ id: 'g1', generation: 1, source: 'policy', spec: { name: '影像', ...spec } })
const area = (path_prefix: string, methods: string[] = []) => areaValues({ path_prefix, methods })

describe('the form of a guard', () => {
  it('gives a guard back as it went in, so that an edit changes only what was edited', () => {
    expect(inputOf(valuesOf(guard(FULL)))).toEqual(FULL)
  })

  it('begins with what the server takes for granted', () => {
    const { name, ...rest } = inputOf(valuesOf(null))
    expect(name).toBe('')
    expect(rest).toEqual({
      description: '', on_second: 'ask', max_sessions: 500, reserved_sessions: 10, bands: [], idle_minutes: 15, absolute_hours: 12, step_up_from: 'L3', step_up_minutes: 10,
      areas: [], requests_per_second: null, concurrent_requests: null, level: null, ends_sessions: false, admit_up_to: 9, allow_plain_http: false,
    } satisfies Omit<GuardInput, 'name'>)
  })

  it('keeps what was switched off apart from what was never said', () => {
    expect(valuesOf(guard({ step_up_from: null })).step_up_from).toBeNull()
    expect(valuesOf(guard({})).step_up_from).toBe('L3')
    expect(inputOf({ ...valuesOf(null), p95_ms: 500 }).level).toEqual({ p95_ms: 500, error_percent: null })
    expect(inputOf({ ...valuesOf(null), error_percent: 0 }).level).toEqual({ p95_ms: null, error_percent: 0 })
  })

  it('writes methods in capitals and trims what people type', () => {
    const typed = { ...areaValues(), path_prefix: ' /a ', methods: ['post'], departments: [' 心内科 '] }
    expect(inputOf({ ...valuesOf(null), areas: [typed] }).areas).toEqual([{ path_prefix: '/a', methods: ['POST'], departments: ['心内科'], public: false, polling: false }])
  })
})

describe('what a guard cannot be saved with', () => {
  it('is a path that is none, or one that stands twice', () => {
    for (const bad of ['', 'admin', '/a b', '/a?x', '/a//b', '/%2e']) expect(areaSlip(area(bad), [])).toBe('path')
    expect(areaSlip(area('/a', ['G1T']), [])).toBe('method')
    const twice = [area('/a'), area('/a'), area('/b')]
    expect(twice.map((each) => areaSlip(each, twice))).toEqual(['twice', 'twice', null])
    const apart = [area('/a', ['GET']), area('/a', ['POST'])]
    expect(apart.map((each) => areaSlip(each, apart))).toEqual([null, null])
  })

  it('is a ceiling without a number, or a window that is never open', () => {
    const [band] = valuesOf(guard(FULL)).bands
    if (band === undefined) throw new Error('the guard has a band')
    expect(bandSlip(band)).toBeNull()
    expect(bandSlip({ ...band, max_sessions: null })).toBe('most')
    expect(bandSlip({ ...band, window: { ...band.window, from: '08:00', to: '08:00' } })).toBe('time')
    expect(isSound({ ...valuesOf(null), bands: [{ ...band, max_sessions: null }] })).toBe(false)
    expect(isSound(valuesOf(guard(FULL)))).toBe(true)
  })

  it('is told by the server at its field', () => {
    const problem = new Problem({ status: 400, code: 'GTW-0102', title: '', detail: 'compile the policy: guard "影像": idle_minutes must be 5 to 120', args: { field: 'idle_minutes' }, requestId: '', retryAfter: null })
    expect(faultsOf(problem)?.[0]).toEqual({ part: 'idle_minutes', path: '', text: 'idle_minutes must be 5 to 120' })
  })
})
