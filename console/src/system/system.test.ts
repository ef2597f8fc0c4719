import { describe, expect, it } from 'vitest'
import { auditAction, auditObject } from './audit'
import { systemWords } from './i18n'
import { stateMeaning } from './meaning'

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
