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
  it('names the steps of a sign-in', () => {
    expect(auditAction({ action: 'create', object_type: 'identity_login' }, systemWords.zh.audit)).toBe('登录：口令')
    expect(auditAction({ action: 'update', object_type: 'identity_login' }, systemWords.zh.audit)).toBe('登录：动态码或改口令')
    expect(auditAction({ action: 'create', object_type: 'identity_account' }, systemWords.zh.audit)).toBe('新建')
  })

  it('shows no dash where a record has no object', () => {
    expect(auditObject({ object_id: '-' })).toBe('')
    expect(auditObject({ object_id: 'a1' })).toBe('a1')
  })
})
