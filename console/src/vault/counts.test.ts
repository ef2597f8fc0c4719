import { describe, expect, it } from 'vitest'
import { compareValues, countsToCsv } from './parts/CountTable'

describe('a table of counts', () => {
  it('orders numbers by size, texts by characters, and what has no value last', () => {
    expect([null, 30, 4].sort(compareValues).slice(-1)).toEqual([null])
    expect([30, 4, 100].sort(compareValues)).toEqual([4, 30, 100])
  })

  it('becomes a file with times as people read them', () => {
    const columns = [
      { name: 'source.ip', kind: 'text' },
      { name: 'n', kind: 'int' },
      { name: 'last', kind: 'time' },
    ]
    const file = countsToCsv(columns, [
      ['10.0.0.1', 12, 1_795_144_455_000_000],
      [null, 3, null],
    ])
    expect(file).toContain('source.ip,n,last')
    expect(file).toContain('10.0.0.1,12,2026-11-')
    expect(file).toMatch(/\r?\n,3,/)
  })
})
