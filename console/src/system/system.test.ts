import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Problem } from '../api/problem'
import { auditAction, auditObject } from './audit'
import { systemWords } from './i18n'
import { stateMeaning } from './meaning'
import { houseLines, nameFault, NODE_NAME, nodesPort } from './node-lines'
import { fillMeaning, fillOf } from './parts/NodeReport'

describe('states', () => {
  it('that are not known are never shown as normal', () => {
    expect(stateMeaning('running')).toBe('ok')
    expect(stateMeaning('failure')).toBe('critical')
    expect(stateMeaning('something new')).toBe('off')
  })
})

describe('the audit trail', () => {
  const words = systemWords.zh.audit

  it('names the steps of a sign-in', () => {
    const steps = [
      ['create', '', '登录：口令', ''],
      ['update', 'factor', '登录：动态码', ''],
      ['update', 'password', '登录：设置新口令', ''],
      ['update', 'zhang', '登录：动态码或改口令', 'zhang'],
    ] as const
    for (const [action, id, done, object] of steps) {
      const row = { action, object_type: 'identity_login', object_id: id }
      expect([auditAction(row, words), auditObject(row, words)]).toEqual([done, object])
    }
  })

  it('says what else was done to what, without a dash for nothing', () => {
    const row = { action: 'create', object_type: 'identity_account', object_id: 'a1' }
    expect([auditAction(row, words), auditObject(row, words)]).toEqual(['新建', 'a1'])
    expect(auditObject({ ...row, object_id: '-' }, words)).toBe('')
  })
})

describe('a remote node', () => {
  const words = systemWords.zh.nodes

  it('is told the port at which its house listens, and the usual one until that is known', () => {
    const listeners = [{ name: 'console', address: '127.0.0.1:9443' }, { name: 'nodes', address: '[::]:18444' }]
    expect(houseLines('medward.example', nodesPort(listeners))).toBe('[nodes]\nhouse = "medward.example:18444"')
    expect(houseLines('[2001:db8::1]', nodesPort([]))).toBe('[nodes]\nhouse = "[2001:db8::1]:8444"')
  })

  it('has a name that the server takes too', () => {
    const source = readFileSync(new URL('../../../crates/kernel/src/nodes/house.rs', import.meta.url), 'utf8')
    expect(source).toContain("byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')")
    expect(source).toContain('const MAX_NAME_BYTES: usize = 64')
    expect(source).toContain('another one has this name')
    for (const name of ['branch-east', 'a', 'Node_1.b', 'x'.repeat(64)]) expect(NODE_NAME.test(name), name).toBe(true)
    for (const name of ['', '东院', 'a b', 'a/b', 'x'.repeat(65)]) expect(NODE_NAME.test(name), name).toBe(false)
  })

  it('is refused in the language of the person', () => {
    const refused = (detail: string, field: string) => nameFault(new Problem({ status: 422, code: 'WEB-0422', title: '', detail, args: { field }, requestId: '', retryAfter: null }), words)
    expect(refused('name the node: another one has this name; revoke that first', 'name')).toBe(words.nameTaken)
    expect(refused('name the node: 1 to 64 bytes of letters, digits, dots and hyphens', 'name')).toBe(words.nameRule)
    expect(refused('something else', 'other')).toBeNull()
    expect(nameFault(new Error('x'), words)).toBeNull()
  })

  it('shows how full its spool is, and never more than full', () => {
    const spools = [[0, 100], [50, 100], [300, 100], [1, 0]].map(([bytes = 0, cap_bytes = 0]) => ({ bytes, cap_bytes, events: 0, lost: 0 }))
    expect(spools.map(fillOf)).toEqual([0, 0.5, 1, 0])
    expect([0.1, 0.5, 0.9].map(fillMeaning)).toEqual(['ok', 'high', 'critical'])
  })
})
