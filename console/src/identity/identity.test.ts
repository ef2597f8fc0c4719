import { describe, expect, it } from 'vitest'
import type { Role, RoleName } from '../api/types'
import { excludedBy, LOGIN_RULE } from './rules'
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

describe('clients of sessions', () => {
  it('are named by browser and system', () => {
    expect(agentName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0')).toBe('Edge 131 · Windows')
    expect(agentName('curl/8.5.0')).toBe('curl/8.5.0')
  })
})
