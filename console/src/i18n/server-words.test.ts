/** The words for codes of the server, compared with the server's own sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventSentence, eventSummary, reasonText, ruleTitle } from '../kit/event-words'
import { shared } from '.'
import { Problem } from '../api/problem'
import { errorSentence } from '../kit/states'
import { eventWords } from './events'
import { reasonWords } from './reasons'
import { ruleTitles } from './rules'

const CRATES = new URL('../../../crates/', import.meta.url)

/** Every Rust and rule file below a folder of `crates`, as one text. */
function sources(folder: string): string {
  const files = readdirSync(new URL(folder, CRATES), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(rs|conf)$/.test(name))
  return files.map((name) => readFileSync(new URL(`${folder}/${name}`, CRATES), 'utf8')).join('\n')
}

function all(text: string, pattern: RegExp): string[] {
  return Array.from(new Set(Array.from(text.matchAll(pattern), (match) => match[1] ?? ''))).sort()
}

const VOCABULARY = Array.from(sources('contract/src/event').matchAll(/^ {4}\w+ = \w+, "([a-z_.]+)", \[([^\]]*)\]/gm), (match) => ({
  dataset: match[1] ?? '',
  actions: all(match[2] ?? '', /"(\w+)"/g),
}))

describe('titles of rules', () => {
  it('exist for every rule that Medward brings, and for no other', () => {
    const findings = /pub const ALL: &\[Self\] = &\[([^\]]*)\]/.exec(readFileSync(new URL('waf/src/http1/finding.rs', CRATES), 'utf8'))?.[1] ?? ''
    const http = Array.from(findings.matchAll(/Self::/g), (_match, at) => `MW-HTTP-${String(at + 1).padStart(3, '0')}`)
    const rules = all(sources('waf/rules'), /\bid:(MW-[A-Z]+-\d+)/g)
    const own = all(sources('proxy/src'), /"(MW-GATEWAY-\d+)"/g)
    expect(rules.length).toBeGreaterThan(20)
    expect(own.length).toBeGreaterThan(2)
    expect(Object.keys(ruleTitles.zh).sort()).toEqual([...rules, ...http, ...own].sort())
  })

  it('of foreign rules stay as their author wrote them', () => {
    expect(ruleTitle('942100', 'SQL Injection Attack', 'zh')).toBe('SQL Injection Attack')
    expect(ruleTitle('MW-SCANNER-105', 'Call-back domain of a scanner', 'zh')).toBe('扫描器的回连域名')
  })
})

describe('words of events', () => {
  it('exist for every kind and every action of the vocabulary', () => {
    expect(VOCABULARY.length).toBeGreaterThan(60)
    expect(Object.keys(eventWords.zh.datasets).sort()).toEqual(VOCABULARY.map((kind) => kind.dataset).sort())
    const actions = Object.keys(eventWords.zh.actions)
    expect(actions.filter((action) => !action.includes(':')).sort()).toEqual(Array.from(new Set(VOCABULARY.flatMap((kind) => kind.actions))).sort())
    for (const own of actions.filter((action) => action.includes(':'))) {
      const [dataset, action] = own.split(':')
      expect(VOCABULARY.find((kind) => kind.dataset === dataset)?.actions, own).toContain(action)
    }
  })

  it('are those that the server still says', () => {
    const said = ['identity/src', 'gateway/src', 'proxy/src', 'access/src', 'kernel/src/audit', 'kernel/src/nodes', 'web/src'].map(sources).join('\n')
    for (const reason of Object.keys(reasonWords.zh.reasons)) expect(said, reason).toContain(`"${reason}"`)
    for (const type of Object.keys(reasonWords.zh.objects)) expect(said + sources('vault/src'), type).toContain(`"${type}"`)
    const refusals = /impl Reason \{[\s\S]*?\n\}/.exec(sources('proxy/src/event'))?.[0] ?? ''
    const words = all(refusals, /Self::\w+ => "(\w+)"/g)
    expect(words.length).toBeGreaterThan(10)
    for (const word of words) expect(reasonWords.zh.reasons).toHaveProperty(word)
  })

  it('make the sentence of an attack in the language of the person', () => {
    const attack = { 'event.dataset': 'waf.attack', 'event.action': 'block', 'rule.category': 'sqli', message: 'SQL注入攻击已拦截', 'http.request.method': 'GET', 'url.path': '/r', 'http.response.status_code': 403 }
    expect(eventSentence(attack, 'zh')).toBe('SQL 注入，已拦截')
    expect(eventSummary(attack, 'en')).toBe('GET /r → 403 · SQL injection, blocked')
    expect(eventSentence({ 'event.dataset': 'app.log', message: 'disk full' }, 'zh')).toBe('disk full')
  })

  it('say who did what to which object, and why it failed', () => {
    const failed = { 'event.dataset': 'auth.login', 'event.action': 'login_failed', 'user.name': 'li', 'auth.method': 'password+totp', 'event.reason': 'wrong code' }
    expect(eventSummary(failed, 'zh')).toBe('li · 口令与动态码 · 动态验证码不正确')
    expect(eventSummary({ 'user.name': '-', 'object.type': 'identity_login', 'object.id': '-', 'event.reason': 'IDN-0401' }, 'zh')).toBe('登录 · 账号、口令或验证码不正确。')
  })

  it('read the details that the server composes', () => {
    expect(reasonText('li: role operator granted', 'zh')).toBe('li：授予运维员')
    expect(reasonText('his: mode block, his.cn -> http://10.0.0.8', 'zh')).toBe('his：拦截，his.cn → http://10.0.0.8')
    expect(reasonText('locked until 2026-11-20T03:14:15Z after failed logins', 'en')).toBe('locked until 2026-11-20T03:14:15Z after failed sign-ins')
    expect(reasonText('invited until 2026-11-20T03:14:15Z', 'zh')).toBe('邀请有效至 2026-11-20T03:14:15Z')
    expect(reasonText('203.0.113.9/32 until 2026-11-20T03:14:15Z', 'zh')).toBe('203.0.113.9/32 封禁至 2026-11-20T03:14:15Z')
    expect(reasonText('something new', 'zh')).toBe('something new')
  })
})

describe('names of the house', () => {
  it('exist for every permission of the matrix', () => {
    const routes = readFileSync(new URL('../docs/reference/routes.md', CRATES), 'utf8')
    const matrix = all(routes.slice(routes.indexOf('## Permission matrix')), /^\| `([a-z_.]+)` \|/gm)
    expect(matrix.length).toBeGreaterThan(10)
    expect(Object.keys(shared.zh.permissions).sort()).toEqual(matrix)
  })

  it('exist for every capability that is here, or that something stands in for', () => {
    const missing = all(sources('medward/src'), /missing: "(\w+)"/g)
    const present = all(readFileSync(new URL('medward/src/capabilities.rs', CRATES), 'utf8'), /entry::<medward_(\w+)::/g)
    expect(Object.keys(shared.zh.capabilities).sort()).toEqual([...missing, ...present].sort())
  })
})

function refused(code: string, args: Record<string, unknown>): Problem {
  return new Problem({ status: 400, code, title: 'this query cannot be read', detail: 'read query at column 7: expected a term', args, requestId: '', retryAfter: null })
}

describe('a query that cannot be read', () => {
  it('is told once, with its column, in the language of the person', () => {
    const problem = refused('VLT-0201', { column: '7', expected: 'a duration such as 15m, 1h or 7d, [from,to)' })
    expect(errorSentence(problem, shared.zh)).toBe('检索语句在第 7 个字符处有语法错误。此处应为：时长，如 15m、1h 或 7d 或 [from,to)。')
    expect(errorSentence(refused('VLT-0202', { parameter: 'step_us' }), shared.zh)).toBe('检索参数 step_us 的值类型不符。')
  })

  it('has words for everything that the server says could stand there', () => {
    const parser = readFileSync(new URL('vault/src/query/parse.rs', CRATES), 'utf8')
    const phrases = Array.from(parser.matchAll(/(?:self|parser)\.expected\(&\[([^\]]*)\]/g), (match) => match[1] ?? '').flatMap((list) => all(list, /"([a-z][^"]* [^"]*)"/g))
    expect(phrases.length).toBeGreaterThan(10)
    for (const phrase of phrases) expect(shared.zh.error.queryParts, phrase).toHaveProperty([phrase])
  })
})
