import { describe, expect, it } from 'vitest'
import { isCovered } from './integrity'

describe('a stream', () => {
  it('is signed when a checkpoint covers it, whether or not its time is known', () => {
    expect(isCovered({ checkpoint_size: 12, fingerprint: 'ab12' })).toBe(true)
    expect(isCovered({ checkpoint_size: 0, fingerprint: 'ab12' })).toBe(true)
    expect(isCovered({ checkpoint_size: 0, fingerprint: null })).toBe(false)
  })
})
