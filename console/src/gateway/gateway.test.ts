import { describe, expect, it } from 'vitest'
import type { EventRecord, ProtectedObject } from '../api/types'
import { differences } from './differences'
import { firstBadHost, firstBadUpstream, inputOf, lines, valuesOf } from './object-input'
import { countSaid, settingsOf, settingsValues } from './settings-input'
import { alignCounts } from './parts/Timeline'
import { mergeNewest } from './parts/useTail'

const record = (seq: number): EventRecord => ({ stream: 'waf', seq, address: `waf:${seq}`, event: {} })

describe('the form of a protected object', () => {
  it('takes one entry per line or comma', () => {
    expect(lines(' a.cn \n\nb.cn, c.cn')).toEqual(['a.cn', 'b.cn', 'c.cn'])
  })

  it('names the first host that is none', () => {
    expect(firstBadHost('*\n*.example.cn\nhis.example.cn:8443\n10.0.0.1\n[2001:db8::1]')).toBeNull()
    for (const bad of ['http://a.cn', 'a b', '-a.cn', 'a..cn', 'a.cn/path', '**']) expect(firstBadHost(`ok.cn\n${bad.replace(' ', '\u00a0')}`)).not.toBeNull()
  })

  it('names the first upstream that is none', () => {
    expect(firstBadUpstream('http://10.0.0.8:8080\nhttps://his.internal/')).toBeNull()
    for (const bad of ['10.0.0.8:8080', 'ftp://a', 'http://', 'http://user:pw@a.cn', 'javascript:alert(1)']) expect(firstBadUpstream(bad)).toBe(bad)
  })
})

describe('a protected object', () => {
  const spec: ProtectedObject['spec'] = {
    name: '体检',
    hosts: ['tj.cn', '*.tj.cn'],
    path_prefix: '/',
    upstreams: ['http://10.0.0.8'],
    health_path: null,
    group_id: 'g1',
    settings: { policy: 'crs', challenge: 'always', bots: 'block', enumeration: { action: 'record', arguments: ['report_no'], walk_length: 30, paths: true }, waiting_room: { max_active: 100, admissions_per_second: 5 }, guard_id: 'g1', api: { schema_id: 's1', mode: 'enforce', refuse_unknown_parameters: false, max_body_bytes: 1_500, mask_mobile_numbers: true, hide_errors: false }, same_origin: 'observe', allowed_origins: ['https://portal.cn'], answers: { hide_server: true, secure_cookies: ['*'], block_page_contact: '' }, paranoia_level: 2, inspect_limit_bytes: 65_536, rules: { '942100': 'off' }, rich_text: ['ARGS:content'] },
  }

  it('comes back from the form as it went in, so that an edit changes only what was edited', () => {
    expect(inputOf(valuesOf({ spec } as ProtectedObject))).toEqual(spec)
  })

  it('tells none, against what its group says, from what is inherited', () => {
    const none = { guard_id: '', api: { schema_id: '' } }
    expect(settingsOf(settingsValues(none))).toEqual(none)
    expect(settingsOf(settingsValues({}))).toEqual({})
  })

  it('begins with what is inherited and blocks nothing', () => {
    expect(inputOf({ ...valuesOf(null), name: ' a ' })).toEqual({ name: 'a', hosts: [], path_prefix: '/', upstreams: [], health_path: null, group_id: null, settings: { mode: 'observe' } })
  })

  it('counts the settings it says itself', () => {
    expect([countSaid(undefined), countSaid({}), countSaid({ rules: {} }), countSaid(spec.settings)]).toEqual([0, 0, 0, 21])
  })
})

describe('a change of the policy', () => {
  it('is told leaf by leaf', () => {
    expect(differences({ name: 'a', hosts: ['x'], settings: { mode: 'block' } }, { name: 'a', hosts: ['x', 'y'], settings: {} })).toEqual([
      { path: 'hosts', before: 'x', after: 'x y' },
      { path: 'settings.mode', before: 'block', after: null },
    ])
    expect(differences(null, { name: 'a' })).toEqual([{ path: 'name', before: null, after: 'a' }])
    expect(differences({ name: 'a' }, { name: 'a' })).toEqual([])
  })
})

describe('the live list', () => {
  it('keeps each record once, newest first, and no more than asked', () => {
    expect(mergeNewest([record(9), record(8)], [record(8), record(7)], 10).map((each) => each.seq)).toEqual([9, 8, 7])
    expect(mergeNewest([record(9)], [record(8), record(7)], 2)).toHaveLength(2)
  })
})

describe('the timeline', () => {
  it('puts counts at their own minutes, with nothing where nothing was', () => {
    const histogram = { buckets: [{ at: 2, counts: { block: 3, observe: 1 } }], complete: true }
    expect(alignCounts([1, 2, 3], histogram, 'block')).toEqual([0, 3, 0])
    expect(alignCounts([1, 2, 3], histogram, null)).toEqual([0, 4, 0])
    expect(alignCounts([1], undefined, null)).toEqual([0])
  })
})
