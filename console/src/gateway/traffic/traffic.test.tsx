import { readFileSync } from 'node:fs'
import { App } from 'antd'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderToString } from 'react-dom/server'
import { MemoryRouter } from 'react-router'
import { describe, expect, it } from 'vitest'
import type { FunctionComponent } from 'react'
import { Problem } from '../../api/problem'
import type { CustomRule, GatewayBan, Me, TrafficLimit } from '../../api/types'
import { banDraft, banHref } from '../../kit/ban-link'
import { MAY } from '../../kit/permissions'
import { SessionContext } from '../../kit/session'
import { nowUs } from '../../kit/time'
import { beginning, inspect, isLong, MAX_EDITED_LINES } from '../addresses/address-list'
import { faultOf } from '../bans/BanForm'
import Bans, { plainAddress } from '../bans/bans'
import { banWords } from '../bans/i18n'
import { limitWords } from '../limits/i18n'
import { begunWith, inputOf as limitInput, isKeyPart, STARTS, valuesOf as limitValues } from '../limits/limit-input'
import Limits from '../limits/limits'
import { limitText } from '../limits/sentence'
import { ruleWords } from '../rules/i18n'
import { ACTION_KINDS, actionKind, inputOf as ruleInput, nextNumber, valuesOf as ruleValues, windowSlip, windowValues } from '../rules/rule-input'
import Rules from '../rules/rules'
import { windowsText } from '../rules/window-text'
import { everyPage, holds, inOrder } from './rows'

const DEFENCE = new URL('../../../../crates/defence/src/', import.meta.url)
const HOUR_US = 3_600_000_000

function rule(spec: Partial<CustomRule['spec']>): CustomRule {
  return { id: `r${spec.number ?? 1}`, generation: 3, source: 'policy', spec: { name: '导出', number: 1, action: 'block', ...spec }, scope: null, scope_name: null }
}

function limit(spec: Partial<TrafficLimit['spec']>): TrafficLimit {
  const said = { name: '登录', keys: ['ip'], count: 'requests' as unknown as TrafficLimit['spec']['count'], window_seconds: 60, threshold: 10, action: 'refuse' as const }
  return { id: 'l1', generation: 3, source: 'policy', spec: { ...said, ...spec }, scope: null, scope_name: null }
}

function ban(change: Partial<GatewayBan>): GatewayBan {
  return { id: 'b1', network: '203.0.113.9/32', origin: 'limit', rule_id: 'limit:登录', rule_name: '登录', object: '门户', request_id: '0190', reason: '', author: '', began_at: nowUs() - HOUR_US, until_at: nowUs() + 1.5 * HOUR_US, lifted_at: null, lifted_by: null, is_active: true, hits: 1234, ...change }
}

/** What a page does not show. The columns that narrow windows leave out are not drawn without a window. */
function missing(html: string, ...shown: string[]): string[] {
  return shown.filter((text) => !html.includes(text))
}

/** A page with these rows already loaded, for somebody with these permissions. */
function drawn(Page: FunctionComponent, key: unknown[], items: unknown[], permissions: string[], address = '/'): string {
  const client = new QueryClient()
  client.setQueryData(key, { items, isWhole: true })
  const me: Me = { account_id: 'b', login: 'su.he', name: '苏禾', roles: ['operator'], permissions, csrf: '', idle_ends_at: 0, absolute_ends_at: 0 }
  return renderToString(
    <QueryClientProvider client={client}>
      <SessionContext value={me}>
        <App>
          <MemoryRouter initialEntries={[address]}>
            <Page />
          </MemoryRouter>
        </App>
      </SessionContext>
    </QueryClientProvider>,
  )
}

describe('the page of custom rules', () => {
  const rows = [rule({ number: 20, name: '二', action: { tag: '扫描' } }), rule({ number: 3, name: '一', enabled: false, condition: { field: 'path', op: 'prefix', value: '/export' } as unknown as CustomRule['spec']['condition'] })]
  const draw = (permissions: string[], address?: string) => drawn(Rules, ['gateway', 'rules'], rows, permissions, address)

  it('lists them by number, with what they do', () => {
    const html = draw([MAY.gatewayObjectRead])
    expect(html.indexOf('<strong>一</strong>')).toBeGreaterThan(0)
    expect(html.indexOf('<strong>一</strong>')).toBeLessThan(html.indexOf('<strong>二</strong>'))
    expect(missing(html, '阻断', '打标签', '扫描', '停用')).toEqual([])
  })

  it('offers nothing that the person may not do', () => {
    expect(draw([MAY.gatewayObjectRead])).not.toContain('role="switch"')
    expect(draw([MAY.gatewayObjectRead])).not.toContain('新建规则')
    expect(draw([MAY.gatewayObjectRead, MAY.gatewayObjectWrite])).toContain('role="switch"')
  })

  it('shows what is looked for, in the order that is asked for', () => {
    expect(draw([], '/?action=tag')).not.toContain('<strong>一</strong>')
    expect(draw([], '/?state=off')).not.toContain('<strong>二</strong>')
    const turned = draw([], '/?sort=-number')
    expect(turned.indexOf('<strong>二</strong>')).toBeLessThan(turned.indexOf('<strong>一</strong>'))
    expect(draw([], '/?q=nowhere')).toContain('没有符合条件的项目')
  })
})

describe('a custom rule', () => {
  it('comes back from its form as it went in', () => {
    const condition = { any: [{ field: 'path', op: 'prefix', value: '/a' }, { field: 'method', op: 'eq', value: 'POST' }] } as unknown as CustomRule['spec']['condition']
    const windows = [{ weekdays: ['mon' as const], from: '08:00', to: '18:00', first_day: '2026-10-01', last_day: null, holidays: 'excluded' as const, zone: null }]
    for (const action of ['block', { redirect: '/notice' }, { limit: '登录' }, { tag: 'x' }, { set_header: { name: 'Cache-Control', value: 'no-store' } }] as CustomRule['spec']['action'][]) {
      const spec = { name: 'a', description: 'b', scope_id: 'o1', enabled: false, number: 7, condition, windows, action }
      expect(ruleInput(ruleValues(rule(spec), 0))).toEqual(spec)
    }
  })

  it('has every action that the server knows', () => {
    const source = readFileSync(new URL('rule/action.rs', DEFENCE), 'utf8')
    const known = Array.from((/pub enum Action \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '').matchAll(/^ {4}([A-Z]\w+)/gm), (match) => (match[1] ?? '').replace(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase())
    expect([...ACTION_KINDS].sort()).toEqual(known.sort())
    expect(actionKind({ set_header: { name: 'a', value: 'b' } })).toBe('set_header')
  })

  it('is called by the next ten when it is new', () => {
    expect([nextNumber([]), nextNumber([rule({ number: 3 })]), nextNumber([rule({ number: 10 }), rule({ number: 24 })])]).toEqual([10, 10, 30])
  })

  it('says in words when it applies', () => {
    const words = ruleWords.zh
    expect(windowsText([], words)).toBe('一直生效')
    expect(windowsText([windowValues({ weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00', holidays: 'excluded' }), windowValues({ weekdays: ['sat', 'sun'], first_day: '2026-10-01' })], words)).toBe('周一–周五 08:00–18:00 节假日除外；周六、周日 2026-10-01 起')
    expect([windowSlip(windowValues({ from: '08:00', to: '08:00' })), windowSlip(windowValues({ first_day: '2026-10-02', last_day: '2026-10-01' })), windowSlip(windowValues({ from: '22:00', to: '06:00' })), windowSlip(windowValues({ to: '24:00' }))]).toEqual(['time', 'day', null, null])
  })
})

const said = (spec: Partial<TrafficLimit['spec']>, language: 'zh' | 'en' = 'zh') => limitText(limitValues(limit(spec)), limitWords[language])
const counted = (count: unknown) => count as TrafficLimit['spec']['count']

describe('a limit', () => {
  it('says in one sentence what it will do', () => {
    expect(said({})).toBe('每个 IP 每 1 分钟最多 10 次请求，超出后拒绝')
    expect(said({ window_seconds: 90 })).toBe('每个 IP 每 90 秒最多 10 次请求，超出后拒绝')
    expect(said({ keys: ['session', 'header.X-App'], count: counted({ distinct: 'arg.id' }), action: 'ban' })).toBe('每个会话＋请求头 X-App 每 1 分钟最多 10 个不同的参数 id，超出后封禁')
    expect(said({ count: counted({ statuses: [401] }), shape: { token_bucket: { burst: 50 } } as unknown as TrafficLimit['spec']['shape'] }, 'en')).toBe('Each address: at most 10 answers of 401 (bursts of 50) every 1 minute; beyond that: refuse')
    expect(said({ keys: [] })).toBe('')
  })

  it('comes back from its form as it went in', () => {
    for (const count of ['requests', 'bytes', 'waf_blocks', { distinct: 'arg.id' }, { statuses: [401, 403] }]) {
      const spec = { name: 'a', description: '', scope_id: null, enabled: true, on_demand: true, keys: ['ip', 'json.a.b'], count: counted(count), window_seconds: 5400, shape: 'sliding' as unknown as TrafficLimit['spec']['shape'], threshold: 3, action: 'delay' as const, when: null, static_files_exempt: false }
      expect(limitInput(limitValues(limit(spec)))).toEqual(spec)
    }
    const bucket = { token_bucket: { burst: 9 } } as unknown as TrafficLimit['spec']['shape']
    expect(limitInput(limitValues(limit({ shape: bucket }))).shape).toEqual({ token_bucket: { burst: 9 } })
  })

  it('begins with something that can be saved, and keeps the name that was given', () => {
    for (const start of STARTS) {
      const values = begunWith(start, 'x', limitValues(null))
      expect(values.name).toBe('x')
      expect(values.keys.every(isKeyPart)).toBe(true)
      expect(limitInput(values).when, start).not.toBeNull()
      expect(limitText(values, limitWords.zh)).not.toBe('')
    }
    expect(begunWith('login', 'x', { ...limitValues(null), name: 'mine' }).name).toBe('mine')
  })

  it('is counted for what the server knows, and for nothing else', () => {
    for (const good of ['ip', 'user', 'path_template', 'country', 'header.X-Token', 'arg.病历号', 'json.a.b']) expect(isKeyPart(good), good).toBe(true)
    for (const bad of ['', 'header.', 'header.a b', 'cookie.a', 'json']) expect(isKeyPart(bad), bad).toBe(false)
  })

  it('stands in a list with what follows from it', () => {
    const html = drawn(Limits, ['gateway', 'limits'], [limit({ on_demand: true })], [MAY.gatewayObjectRead])
    expect(missing(html, '登录', '拒绝（429）', '按需', '启用')).toEqual([])
    expect(html).not.toContain('新建限流')
  })
})

const drawBan = (row: GatewayBan, permissions: string[], address?: string) => drawn(Bans, ['gateway', 'bans', address === undefined], [row], permissions, address)

function refusedFor(detail: string): string | undefined {
  const problem = new Problem({ status: 422, code: 'GTW-0302', title: '', detail, args: { field: 'address' }, requestId: '', retryAfter: null })
  return faultOf(problem, banWords.zh.faults)?.sentence
}

describe('the page of bans', () => {
  it('shows who is banned, by what and for how long, and leads to the limit and to what else came from there', () => {
    const html = drawBan(ban({}), [MAY.gatewayBanRead])
    expect(missing(html, '203.0.113.9', '剩 1 小时 30 分', `/gateway/limits?q=${encodeURIComponent('登录')}`, 'source.ip%3A%3D203.0.113.9')).toEqual([])
    expect(html).not.toContain('/32<')
    expect(html).not.toContain('解除封禁 203')
  })

  it('lets an operator ban and lift, what is in force', () => {
    const operator = [MAY.gatewayBanRead, MAY.gatewayBanWrite]
    expect(drawBan(ban({}), operator)).toContain('解除封禁 203.0.113.9')
    expect(drawBan(ban({ is_active: false, lifted_at: nowUs(), lifted_by: 'li' }), operator, '/?view=all')).toContain('li 已解除')
    expect(drawBan(ban({ is_active: false, until_at: nowUs() - 1 }), operator, '/?view=all')).not.toContain('解除封禁 203')
  })

  it('writes one address without its prefix, and a block with it', () => {
    expect(['203.0.113.9/32', '203.0.113.0/24', '2001:db8::1/128', '2001:db8::/32'].map(plainAddress)).toEqual(['203.0.113.9', '203.0.113.0/24', '2001:db8::1', '2001:db8::/32'])
  })

  it('says in the language of the person why an address is not banned', () => {
    const source = readFileSync(new URL('../gateway/src/ban/mod.rs', new URL('../', DEFENCE)), 'utf8')
    for (const [part, sentence] of [['your own address', banWords.zh.faults.own], ['this machine', banWords.zh.faults.machine], ['an administrator', banWords.zh.faults.administrator], ['a trusted proxy', banWords.zh.faults.spared]] as const) {
      expect(source).toContain(part)
      expect(refusedFor(`ban it: that is ${part}, and would lock out whoever is to lift it`)).toBe(sentence)
    }
    expect(refusedFor('ban it: a block may be /16 at most; for more there are groups of addresses')).toContain('/16')
    expect(faultOf(new Error('x'), banWords.zh.faults)).toBeNull()
  })

  it('is led to from the evidence of an attack', () => {
    const href = banHref({ address: '2001:db8::1', request: '0190' })
    expect(banDraft(new URLSearchParams(href.split('?')[1]))).toEqual({ address: '2001:db8::1', request: '0190' })
    expect(banDraft(new URLSearchParams('q=1'))).toBeNull()
  })
})

const always = () => Promise.resolve(true)

describe('a list of addresses', () => {
  it('is counted, and its wrong lines are named', async () => {
    expect(await inspect('\uFEFF10.0.0.0/8\r\n# comment\n\n203.0.113.300 ; x\n::1', always)).toEqual({ entries: 2, lines: 5, wrong: [{ line: 4, text: '203.0.113.300' }] })
    expect((await inspect('x\n'.repeat(100), always))?.wrong).toHaveLength(20)
    expect(await inspect('', always)).toEqual({ entries: 0, lines: 0, wrong: [] })
  })

  it('of 200,000 lines lets the page breathe, and can be called off', async () => {
    const text = Array.from({ length: 200_000 }, (_, at) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`).join('\n')
    let breaths = 0
    const found = await inspect(text, () => { breaths += 1; return Promise.resolve(true) })
    expect([found?.entries, breaths]).toEqual([200_000, 40])
    expect(await inspect(text, () => Promise.resolve(breaths === 0))).toBeNull()
    expect([isLong(text), isLong('10.0.0.1\n'.repeat(MAX_EDITED_LINES - 1)), beginning(text, 2)]).toEqual([true, false, '10.0.0.0\n10.0.0.1'])
  })
})

describe('a list that is loaded whole', () => {
  it('is asked for page by page, and says when there is more', async () => {
    const pages = [{ items: [1, 2], next_cursor: 'a' }, { items: [3], next_cursor: 'b' }, { items: [4], next_cursor: null }]
    const asked: (string | undefined)[] = []
    const fetchPage = (cursor: string | undefined) => { asked.push(cursor); return Promise.resolve(pages[asked.length - 1] ?? { items: [] }) }
    expect(await everyPage(fetchPage)).toEqual({ items: [1, 2, 3, 4], isWhole: true })
    expect(asked).toEqual([undefined, 'a', 'b'])
    asked.length = 0
    expect(await everyPage(fetchPage, 3)).toEqual({ items: [1, 2, 3], isWhole: false })
  })

  it('is sorted by what a person chose, and searched without regard to case', () => {
    const rows = [{ n: 10, t: '乙' }, { n: 9, t: '甲' }]
    const keys = { n: (row: { n: number }) => row.n }
    expect(inOrder(rows, keys, 'n').map((row) => row.n)).toEqual([9, 10])
    expect(inOrder(rows, keys, '-n').map((row) => row.n)).toEqual([10, 9])
    expect(inOrder(rows, keys, 'else')).toEqual(rows)
    expect([holds('AB', 'xaby', null), holds('z', 'a', undefined), holds(' ', '')]).toEqual([true, false, true])
  })
})
