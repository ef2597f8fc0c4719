import { describe, expect, it } from 'vitest'
import { stateMeaning } from './meaning'

describe('states', () => {
  it('that are not known are never shown as normal', () => {
    expect(stateMeaning('Running')).toBe('ok')
    expect(stateMeaning('failed')).toBe('critical')
    expect(stateMeaning('something new')).toBe('off')
  })
})
