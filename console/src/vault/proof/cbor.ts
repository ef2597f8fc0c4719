/**
 * Reads the deterministic CBOR of a canonical record (RFC 8949 §4.2.1, spec vault.md §3): a map of integer keys to
 * integers, texts, byte strings and arrays of texts. Floats, tags and indefinite lengths do not occur and are refused.
 */
export type CborValue = number | string | boolean | null | Uint8Array | CborValue[] | Map<number, CborValue>

/** A canonical record nests one level; anything deeper is not one. */
const MAX_DEPTH = 4

export function decodeRecord(bytes: Uint8Array): Map<number, CborValue> {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (!(value instanceof Map) || !reader.atEnd()) throw new Error('the bytes are no canonical record')
  return value
}

class Reader {
  private at = 0
  private readonly view: DataView

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  atEnd(): boolean {
    return this.at === this.bytes.length
  }

  value(depth: number): CborValue {
    if (depth > MAX_DEPTH) throw new Error('nested too deep')
    const head = this.byte()
    const major = head >> 5
    if (major === 7) return simple(head & 31)
    const count = this.count(head & 31)
    switch (major) {
      case 0:
        return count
      case 1:
        return -1 - count
      case 2:
        return this.take(count).slice()
      case 3:
        return new TextDecoder('utf-8', { fatal: true }).decode(this.take(count))
      case 4:
        this.bound(count)
        return Array.from({ length: count }, () => this.value(depth + 1))
      case 5:
        return this.map(count, depth)
      default:
        throw new Error('tags do not occur in a record')
    }
  }

  private map(count: number, depth: number): Map<number, CborValue> {
    this.bound(count)
    const map = new Map<number, CborValue>()
    for (let entry = 0; entry < count; entry += 1) {
      const key = this.value(depth + 1)
      if (typeof key !== 'number') throw new Error('a key is no integer')
      map.set(key, this.value(depth + 1))
    }
    return map
  }

  private byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new Error('the record is cut short')
    this.at += 1
    return byte
  }

  /** No array or map can hold more items than bytes are left. */
  private bound(count: number): void {
    if (count > this.bytes.length - this.at) throw new Error('the record is cut short')
  }

  private take(length: number): Uint8Array {
    this.bound(length)
    const part = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return part
  }

  private count(low: number): number {
    if (low < 24) return low
    const widths: Record<number, number> = { 24: 1, 25: 2, 26: 4, 27: 8 }
    const width = widths[low]
    if (width === undefined) throw new Error('indefinite lengths do not occur in a record')
    this.bound(width)
    const at = this.at
    this.at += width
    if (width === 1) return this.view.getUint8(at)
    if (width === 2) return this.view.getUint16(at)
    if (width === 4) return this.view.getUint32(at)
    return Number(this.view.getBigUint64(at))
  }
}

function simple(low: number): CborValue {
  if (low === 20) return false
  if (low === 21) return true
  if (low === 22) return null
  throw new Error('floats do not occur in a record')
}
