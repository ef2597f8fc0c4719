import { describe, expect, it } from 'vitest'
import { highlight, isExcerpt, parseHits } from './hits'
import { hexRows } from './parts/HexDump'
import { parseAddress } from './parts/EventDrawer'

const snip = (printed: string, total: number | null) => ({ text: printed, total, masked: false })

describe('waf.hits', () => {
  it('is read as the engine writes it', () => {
    const text = JSON.stringify([
      {
        rule: 'MW-SQLI-001',
        msg: 'union',
        variable: 'ARGS:id',
        raw: { text: "1%27 union", start: 0, total: 400, sha256: '', masked: false },
        decoded: { text: "1' union select", start: 0, total: 15, sha256: '', masked: true },
        matched: { start: 3, end: 8 },
        layers: ['url_decode'],
        points: 5,
        confidence: 92,
        chain: [{ variable: 'REQUEST_HEADERS:Referer', value: { text: 'x', start: 0, total: 1, sha256: '', masked: false } }, 7],
      },
    ])
    const [hit] = parseHits(text)
    expect(hit).toMatchObject({ rule: 'MW-SQLI-001', variable: 'ARGS:id', matched: { from: 3, to: 8 }, layers: ['url_decode'], points: 5, confidence: 92 })
    expect(hit?.raw).toEqual({ text: '1%27 union', total: 400, masked: false })
    expect(hit?.decoded.masked).toBe(true)
    expect(hit?.chain).toEqual([{ variable: 'REQUEST_HEADERS:Referer', value: { text: 'x', total: 1, masked: false } }])
  })

  it('may also hold plain texts and pairs', () => {
    expect(parseHits([{ rule: 'r', decoded: 'abc', matched: [1, 2] }])[0]).toMatchObject({ decoded: { text: 'abc', total: null }, matched: { from: 1, to: 2 } })
  })

  it('tells an excerpt from a whole value by its bytes, however they are printed', () => {
    expect(isExcerpt(snip('\\x00\\xff', 2))).toBe(false)
    expect(isExcerpt(snip('预约', 6))).toBe(false)
    expect(isExcerpt(snip('\\x00\\xff', 3))).toBe(true)
    expect(isExcerpt(snip('abc', null))).toBe(false)
  })

  it('is nothing when it cannot be read', () => {
    for (const odd of ['', '{', 'null', '{"rule":1}', undefined, 7, [null, 3]]) expect(parseHits(odd)).toEqual([])
  })
})

describe('the matched text', () => {
  it('is found by bytes, also behind Chinese', () => {
    expect(highlight("预约' or 1=1", { from: 6, to: 13 })).toEqual({ before: '预约', match: "' or 1=", after: '1' })
  })

  it('counts an escaped byte as one, and an escape that was typed as four', () => {
    expect(highlight('\\x00\\xffab', { from: 2, to: 3 })).toEqual({ before: '\\x00\\xff', match: 'a', after: 'b' })
    expect(highlight('\\x41b', { from: 4, to: 5 })).toEqual({ before: '\\x41', match: 'b', after: '' })
  })

  it('is not guessed when the range does not fit', () => {
    expect(highlight('abc', { from: 2, to: 9 })).toBeNull()
    expect(highlight('abc', { from: 5, to: 6 })).toBeNull()
  })
})

describe('hex dump', () => {
  it('shows offset, bytes and letters', () => {
    const rows = hexRows('00'.repeat(16) + '4d57')
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatch(/^000010 {2}4d 57 +MW$/)
  })
})

describe('addresses of records', () => {
  it('are a stream and a number', () => {
    expect(parseAddress('waf:12')).toEqual({ stream: 'waf', seq: 12 })
    for (const odd of [null, '', 'waf', 'waf:', 'waf:-1', '../x:1', 'waf:99999999999999999']) expect(parseAddress(odd)).toBeNull()
  })
})
