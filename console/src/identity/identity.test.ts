import { describe, expect, it } from 'vitest'
import type { Role, RoleName } from '../api/types'
import { approvalState, badDepartment, excludedBy, isAlive, LOGIN_RULE, wantedOf } from './rules'
import { agentName } from './sessions'

const role = (name: RoleName, excludes: RoleName[]): Role => ({ role: name, zh: name, en: name, permissions: [], excludes })
const MATRIX = [role('sysadmin', ['secadmin']), role('secadmin', []), role('operator', [])]

describe('roles', () => {
  it('that exclude each other cannot be granted together, from either side', () => {
    expect(excludedBy('sysadmin', ['secadmin'], MATRIX)).toBe('secadmin')
    expect(excludedBy('secadmin', ['operator', 'sysadmin'], MATRIX)).toBe('sysadmin')
    expect(excludedBy('operator', ['sysadmin'], MATRIX)).toBeNull()
  })
})

describe('logins', () => {
  it('begin with a letter and hold no blanks', () => {
    for (const good of ['li', 'zhang.wei', 'A_1-b']) expect(LOGIN_RULE.test(good)).toBe(true)
    for (const bad of ['l', '1li', 'li wei', '李', 'a'.repeat(33)]) expect(LOGIN_RULE.test(bad)).toBe(false)
  })
})

describe('clearances', () => {
  it('name the version that was seen, and departments without blanks around them', () => {
    expect(wantedOf({ clearance: 'L3', departments: [' 急诊科 '], priority: 0 }, 4)).toEqual({ clearance: 'L3', departments: ['急诊科'], priority: 0, version: 4 })
  })

  it('take 20 departments of 64 characters, none twice', () => {
    const many = Array.from({ length: 20 }, (_, at) => `科室${at}`)
    expect([many, [], ['科'.repeat(64)]].map(badDepartment)).toEqual([false, false, false])
    expect([[...many, '多'], ['科'.repeat(65)], [' '], ['甲', '甲 ']].map(badDepartment)).toEqual([true, true, true, true])
  })
})

describe('clients of sessions', () => {
  it('are named by browser and system', () => {
    expect(agentName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0')).toBe('Edge 131 · Windows')
    expect(agentName('curl/8.5.0')).toBe('curl/8.5.0')
  })
})

describe('requests for approval', () => {
  it('are over when their time is, decided or not, and what was decided stays so', () => {
    expect(approvalState({ state: 'open', expires_at: 100 }, 99)).toBe('open')
    expect(approvalState({ state: 'open', expires_at: 100 }, 100)).toBe('expired')
    expect(approvalState({ state: 'approved', expires_at: 100 }, 100)).toBe('expired')
    expect(approvalState({ state: 'used', expires_at: 100 }, 500)).toBe('used')
  })

  it('can be taken back until they are over', () => {
    expect(isAlive({ state: 'approved', expires_at: 100 }, 99)).toBe(true)
    for (const state of ['refused', 'withdrawn', 'used', 'expired'] as const) expect(isAlive({ state, expires_at: 100 }, 1)).toBe(false)
    expect(isAlive({ state: 'open', expires_at: 100 }, 100)).toBe(false)
  })
})
