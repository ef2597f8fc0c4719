import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Problem } from '../../api/problem'
import { faultsOf } from './faults'
import { FIELDS, fieldInfo, NAMED, opsOf } from './fields'
import { conditionWords } from './i18n'
import { conditionText, faultText } from './sentence'
import { depthOf, isAddressOrBlock, MAX_DEPTH, newGroup, newTest, nodeAt, readCondition, replaced, ShapeFault, slipsOf, withField, withOp, writeCondition, type Group, type Test, type Written } from './tree'

const SOURCES = new URL('../../../../crates/defence/src/condition/', import.meta.url)
const source = (name: string) => readFileSync(new URL(name, SOURCES), 'utf8')

const path = (value: string): Written => ({ field: 'path', op: 'prefix', value })
const written = (condition: unknown) => writeCondition(readCondition(condition)).written
const test = (change: Partial<Test>): Test => ({ ...newTest(), ...change })
const slipOf = (change: Partial<Test>) => [...slipsOf(newGroup('all', [test(change)])).values()][0]

describe('the fields of a condition', () => {
  it('are those that the server knows, with the operators that it allows', () => {
    const known = Array.from(source('field.rs').matchAll(/\("([a-z_.]+)", Field::/g), (match) => match[1])
    expect(known.length).toBeGreaterThan(15)
    expect(Object.keys(FIELDS).sort()).toEqual([...known, ...NAMED].sort())
    const ops = (name: string) => Array.from((new RegExp(`const ${name}: &\\[&str\\] = &\\[([^\\]]*)`).exec(source('compile.rs'))?.[1] ?? '').matchAll(/"(\w+)"/g), (match) => match[1]).sort()
    const byKind = { ip: 'ADDRESS_OPS', ip_group: 'GROUP_OPS', body_size: 'NUMBER_OPS', zone: 'CHOICE_OPS', path: 'TEXT_OPS' }
    for (const [field, name] of Object.entries(byKind)) expect([...opsOf(field)].sort(), field).toEqual(ops(name))
  })

  it('offer the choices that the server knows', () => {
    for (const [name, text] of [['zone', 'Zone'], ['scenario', 'Scenario'], ['label', 'Label'], ['tls_version', 'TlsVersion'], ['bot_class', 'BotClass']] as const) {
      const list = new RegExp(`Text::${text}\\) =>[^&]*&\\[([^\\]]*)`).exec(source('field.rs'))?.[1] ?? ''
      expect([...(fieldInfo(name)?.choices ?? [])]).toEqual(Array.from(list.matchAll(/"([^"]+)"/g), (match) => match[1]))
    }
  })

  it('are marked as untold exactly where nothing in the data path tells them', () => {
    const facts = readFileSync(new URL('../../../../crates/proxy/src/defence/facts.rs', import.meta.url), 'utf8')
    const arm = /((?:Text::\w+\s*\|?\s*)+)=>\s*\{?\s*Fact::Absent/.exec(facts)?.[1] ?? ''
    const untold = Array.from(arm.matchAll(/Text::(\w+)/g), (match) => (match[1] ?? '').replace(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase())
    expect(untold.length).toBeGreaterThan(0)
    expect(Object.keys(FIELDS).filter((name) => fieldInfo(name)?.untold).sort()).toEqual(untold.sort())
  })

  it('have words, and so have the operators', () => {
    for (const words of [conditionWords.zh, conditionWords.en]) {
      for (const name of Object.keys(FIELDS)) {
        expect(words.fields).toHaveProperty([name])
        for (const op of opsOf(name)) expect(words.ops).toHaveProperty([op])
      }
    }
  })
})

/** Where the shape of a condition is not one. */
const refused = (condition: unknown) => {
  try {
    readCondition(condition)
    return null
  } catch (error) {
    return error instanceof ShapeFault ? error.path : 'other'
  }
}

describe('a condition', () => {
  it('comes back from the builder as it went in', () => {
    for (const condition of [
      path('/report/'),
      { all: [path('/a'), { not: { any: [path('/b'), { field: 'ip', op: 'cidr', value: ['10.0.0.0/8', '192.0.2.1'] }] } }] },
      { not: { field: 'header.X-Token', op: 'exists', value: true } },
      { any: [{ field: 'body_size', op: 'gt', value: 1024 }, { field: 'response.status', op: 'in', value: [404, 403] }, { field: 'arg.a.b', op: 'ne', value: '' }] },
      { field: 'cookie.s', op: 'exists', value: false },
    ]) {
      expect(written(condition)).toEqual(condition)
    }
  })

  it('is written shorter where that says the same', () => {
    expect(written({ all: [path('/a')] })).toEqual(path('/a'))
    expect(written({ not: { not: path('/a') } })).toEqual(path('/a'))
    expect(written({ field: 'ip', op: 'cidr', value: '10.0.0.0/8' })).toEqual({ field: 'ip', op: 'cidr', value: ['10.0.0.0/8'] })
    expect(written(null)).toBeNull()
    expect(writeCondition(newGroup('all', [])).written).toBeNull()
  })

  it('of another shape is refused with its place', () => {
    expect(refused({ all: [path('/a'), { any: {} }] })).toBe('all[1]')
    expect(refused({ not: { field: 'path' } })).toBe('not')
    expect(refused({ all: [], any: [] })).toBe('')
    expect(refused({ field: 'path', op: 'eq', value: { a: 1 } })).toBe('value')
    expect(refused({ field: 'path', op: 'eq', value: 'a', extra: 1 })).toBe('')
    expect(refused([])).toBe('')
    let deep: unknown = path('/a')
    for (let level = 0; level < 10_000; level += 1) deep = { not: deep }
    expect(refused(deep)).toContain('not')
  })

  it('may be eight levels deep, as the server counts', () => {
    const nested = (levels: number): Group => newGroup('all', [test({ values: ['/a'] }), levels === 1 ? test({ values: ['/b'] }) : nested(levels - 1)])
    expect(depthOf(nested(MAX_DEPTH - 1))).toBe(MAX_DEPTH)
    expect([...slipsOf(nested(MAX_DEPTH - 1)).values()]).toEqual([])
    expect([...slipsOf(nested(MAX_DEPTH)).values()]).toEqual(['tooDeep'])
    const negated = nested(MAX_DEPTH - 1)
    expect([...slipsOf({ ...negated, negated: true }).values()]).toEqual(['tooDeep'])
  })

  it('says at which test something is missing or wrong', () => {
    expect(slipOf({ values: [] })).toBe('value')
    expect(slipOf({ op: 'eq', values: [''] })).toBeUndefined()
    expect(slipOf({ field: 'header', name: 'X Y', values: ['a'] })).toBe('name')
    expect(slipOf({ field: 'body_size', op: 'gt', values: ['1e3'] })).toBe('number')
    expect(slipOf({ field: 'ip', op: 'eq', values: ['10.0.0.0/8'] })).toBe('block')
    expect(slipOf({ field: 'ip', op: 'cidr', values: ['10.0.0.0/33'] })).toBe('address')
    expect(slipOf({ field: 'zone', op: 'eq', values: ['moon'] })).toBe('choice')
    expect(slipOf({ field: 'zone', op: 'prefix', values: ['in'] })).toBe('op')
    expect(slipOf({ field: 'nothing', op: 'eq', values: ['a'] })).toBe('field')
    expect(slipOf({ op: 'in', values: Array.from({ length: 1001 }, String) })).toBe('tooManyValues')
    expect([...slipsOf(newGroup('all', [newGroup('any', []), test({ values: ['/'] })])).values()]).toEqual(['empty'])
  })

  it('changes at one place only', () => {
    const inner = test({ values: ['/b'] })
    const root = newGroup('all', [test({ values: ['/a'] }), newGroup('any', [inner, test({ values: ['/c'] })])])
    const changed = replaced(root, inner.id, (node) => ({ ...node, negated: true }))
    expect(writeCondition(changed).written).toEqual({ all: [path('/a'), { any: [{ not: path('/b') }, path('/c')] }] })
    expect(writeCondition(replaced(root, inner.id, () => null)).written).toEqual({ all: [path('/a'), { any: [path('/c')] }] })
    expect(writeCondition(root).written).toEqual({ all: [path('/a'), { any: [path('/b'), path('/c')] }] })
  })

  it('keeps what fits when a field or an operator changes', () => {
    const before = test({ field: 'path', op: 'prefix', values: ['/a'] })
    expect(withField(before, 'host')).toMatchObject({ field: 'host', op: 'prefix', values: ['/a'] })
    expect(withField(before, 'ip')).toMatchObject({ field: 'ip', op: 'cidr', values: [] })
    expect(withOp(test({ op: 'in', values: ['a', 'b'] }), 'eq').values).toEqual(['a'])
    expect(withOp(before, 'exists').values).toEqual(['true'])
    expect(withOp(withOp(before, 'exists'), 'eq').values).toEqual([])
  })

  it('is told in words, in both languages', () => {
    const condition = { all: [path('/export'), { not: { field: 'ip_group', op: 'eq', value: '院内' } }, { any: [{ field: 'header.X', op: 'exists', value: true }, { field: 'method', op: 'in', value: ['A', 'B', 'C', 'D'] }] }] }
    expect(conditionText(condition, conditionWords.zh)).toBe('路径开头是 /export，且不符合（来源在地址组 院内 中），且（有请求头 X，或请求方法属于 A、B、C … 4）')
    expect(conditionText(condition, conditionWords.en)).toBe('Path begins with /export, and not (Source in the address group 院内), and (Header X is there, or Method is one of A, B, C … 4)')
    expect(conditionText(null, conditionWords.zh)).toBe('所有请求')
    expect(conditionText({ strange: 1 }, conditionWords.zh)).toBe('{"strange":1}')
  })
})

describe('an address', () => {
  it('is known by its look', () => {
    for (const good of ['203.0.113.9', '10.0.0.0/8', '10.0.0.1-10.0.0.9', '2001:db8::1', '::/0', '2001:db8::/32', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8']) expect(isAddressOrBlock(good), good).toBe(true)
    for (const bad of ['', '10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.0/33', '10.0.0.0/', '::/129', 'a.cn', '1:2:3', '1::2::3', '1:2:3:4:5:6:7:8:9', '10.0.0.1-', 'fe80::1%eth0', '10.0.0.1-10.0.0.2-10.0.0.3']) expect(isAddressOrBlock(bad), bad).toBe(false)
  })
})

function refusal(detail: string, field = 'rule'): Problem {
  return new Problem({ status: 422, code: 'GTW-0102', title: 'the protected object cannot be used', detail, args: { field }, requestId: '', retryAfter: null })
}

const part = (detail: string, field?: string) => faultsOf(refusal(detail, field))?.map((fault) => [fault.part, fault.path, fault.text])

describe('what the server finds wrong', () => {
  it('is found at the test that it is about', () => {
    const root = readCondition({ all: [path('/a'), { not: { any: [path('/b'), { field: 'ip', op: 'cidr', value: ['x'] }] } }] })
    const { places } = writeCondition(root)
    const faults = faultsOf(refusal('rule "a": compile rule 10: condition: compile condition: all[1].not.any[1].value[0]: not an address; all[0].op: `path` allows eq, ne; in'))
    expect(faults).toEqual([
      { part: 'condition', path: 'all[1].not.any[1].value[0]', text: 'not an address' },
      { part: 'condition', path: 'all[0].op', text: '`path` allows eq, ne; in' },
    ])
    const second = root?.parts[1]
    expect(nodeAt(places, 'all[1].not.any[1].value[0]')).toBe(second?.kind === 'group' ? second.parts[1]?.id : -1)
    expect(nodeAt(places, 'all[0].op')).toBe(root?.parts[0]?.id)
    expect(nodeAt(places, '')).toBe(root?.id)
  })

  it('is sent to the part of the form that it names', () => {
    expect(part('compile rule 10: windows[1]: read time window: to: is the same as `from`')).toEqual([['windows[1]', 'to', 'is the same as `from`']])
    expect(part('compile rule 10: action: redirect: expected an http or https URL')).toEqual([['action', '', 'redirect: expected an http or https URL']])
    expect(part('compile limit `limit`: keys: expected 1 to 8 parts, each once', 'limit')).toEqual([['keys', '', 'expected 1 to 8 parts, each once']])
    expect(part('compile limit `limit`: shape.burst: expected 1', 'limit')).toEqual([['shape', 'burst', 'expected 1']])
    expect(part('compile limit `limit`: when: compile condition: value: more than 1024 bytes', 'limit')).toEqual([['condition', 'value', 'more than 1024 bytes']])
    expect(part('two rules are called "a"', 'name')).toEqual([['name', '', 'two rules are called "a"']])
    expect(faultsOf(new Error('x'))).toBeNull()
  })

  it('is told in the language of the person where its sentence is known', () => {
    expect(faultText('not a pattern: unclosed group', conditionWords.zh)).toBe('正则表达式有误：unclosed group')
    expect(faultText('more than 1024 bytes', conditionWords.zh)).toBe('值超过 1024 字节。')
    expect(faultText('something new', conditionWords.zh)).toBe('something new')
    const problems = source('error.rs')
    for (const start of ['not a pattern', 'the pattern needs more']) expect(problems).toContain(start)
  })
})
