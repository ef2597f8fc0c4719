/**
 * Reads `waf.hits`: the JSON text in which the gateway records why a request was judged. It comes from a record, so
 * every part may be missing or odd; what cannot be read is left out, never guessed.
 */
export interface Snip {
  text: string
  /** Length of the whole value in bytes; more than the text holds when it is an excerpt. */
  total: number | null
  masked: boolean
}

export interface Hit {
  rule: string
  message: string
  variable: string
  raw: Snip
  decoded: Snip
  /** The matched text as the engine printed it, for values whose range cannot be shown. */
  matchText: string
  /** Bytes of `decoded` that matched, first included, last not. */
  matched: { from: number; to: number } | null
  layers: string[]
  points: number | null
  confidence: number | null
  /** What the further links of a chained rule matched. */
  chain: { variable: string; value: Snip }[]
}

export function parseHits(value: unknown): Hit[] {
  let parsed: unknown = value
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value)
    } catch {
      return []
    }
  }
  return Array.isArray(parsed) ? parsed.filter(isObject).map(readHit) : []
}

function readHit(hit: Record<string, unknown>): Hit {
  return {
    rule: text(hit.rule),
    message: text(hit.msg),
    variable: text(hit.variable),
    raw: readSnip(hit.raw),
    decoded: readSnip(hit.decoded),
    matchText: text(hit.match),
    matched: readRange(hit.matched),
    layers: Array.isArray(hit.layers) ? hit.layers.map(text).filter((layer) => layer !== '') : [],
    points: number(hit.points),
    confidence: number(hit.confidence),
    chain: Array.isArray(hit.chain) ? hit.chain.filter(isObject).map((link) => ({ variable: text(link.variable), value: readSnip(link.value) })) : [],
  }
}

/** Whether a text is only a part of the value it was taken from. */
export function isExcerpt({ text: printed, total }: Snip): boolean {
  let shown = 0
  for (const { bytes } of pieces(printed)) shown += bytes
  return total !== null && total > shown
}

function readSnip(value: unknown): Snip {
  if (isObject(value)) return { text: text(value.text), total: number(value.total), masked: value.masked === true }
  return { text: text(value), total: null, masked: false }
}

function readRange(value: unknown): Hit['matched'] {
  const [from, to] = Array.isArray(value) ? [number(value[0]), number(value[1])] : isObject(value) ? [number(value.start), number(value.end)] : [null, null]
  return from !== null && to !== null && from >= 0 && to > from ? { from, to } : null
}

/** A text in three parts: before the match, the match, after it. */
export interface Highlight {
  before: string
  match: string
  after: string
}

/**
 * Splits a printed value at a byte range. The engine prints bytes that are no text as `\xHH`; each such escape counts
 * as one byte, every other character as its UTF-8 length. A range that does not fit gives no match.
 */
export function highlight(printed: string, range: { from: number; to: number }): Highlight | null {
  const parts: Highlight = { before: '', match: '', after: '' }
  let at = 0
  for (const { shown, bytes } of pieces(printed)) {
    if (at + bytes <= range.from) parts.before += shown
    else if (at < range.to) parts.match += shown
    else parts.after += shown
    at += bytes
  }
  return parts.match === '' || at < range.to ? null : parts
}

/** Control characters and bytes beyond ASCII are the only ones the engine escapes; `\x41` was typed that way. */
const ESCAPE = /^\\x([01][0-9a-f]|7f|[89a-f][0-9a-f])/

function* pieces(printed: string): Generator<{ shown: string; bytes: number }> {
  let at = 0
  while (at < printed.length) {
    const escape = ESCAPE.exec(printed.slice(at, at + 4))
    if (escape) {
      yield { shown: escape[0], bytes: 1 }
      at += escape[0].length
      continue
    }
    const character = String.fromCodePoint(printed.codePointAt(at) ?? 0)
    yield { shown: character, bytes: new TextEncoder().encode(character).length }
    at += character.length
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
