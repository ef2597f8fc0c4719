import { describe, expect, it } from 'vitest'
import { capabilityOf, staleCapabilities } from './hints'

describe('hints', () => {
  it('name the capability whose pages are old', () => {
    expect(capabilityOf('gateway.object')).toBe('gateway')
    expect(staleCapabilities(['gateway.object', 'identity.session', 'gateway.mode'])).toEqual(new Set(['gateway', 'identity']))
  })

  it('make everything old after a reset: what was missed is unknown', () => {
    expect(staleCapabilities(['gateway.object', 'reset'])).toBeNull()
  })
})
