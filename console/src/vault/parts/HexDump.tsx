import { fromHex } from '../proof/bytes'

const ROW = 16

/** Bytes as people compare them: offset, sixteen bytes, their printable ASCII. */
export function HexDump({ hex, label }: { hex: string; label: string }) {
  return (
    <pre className="hex-dump" tabIndex={0} role="region" aria-label={label}>
      {hexRows(hex).join('\n')}
    </pre>
  )
}

export function hexRows(hex: string): string[] {
  const bytes = fromHex(hex)
  const rows: string[] = []
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = Array.from(bytes.subarray(at, at + ROW))
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    rows.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(ROW * 3 - 1)}  ${letters}`)
  }
  return rows
}
