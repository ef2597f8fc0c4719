import { describe, expect, it } from 'vitest'
import { stateMeaning } from './meaning'

describe('states', () => {
  it('that are not known are never shown as normal', () => {
    expect(stateMeaning('running')).toBe('ok')
    expect(stateMeaning('failure')).toBe('critical')
    expect(stateMeaning('something new')).toBe('off')
  })
})
