/**
 * CSV as spreadsheets want it: UTF-8 with BOM (Excel otherwise reads Chinese as GBK), CRLF (RFC 4180 §2), and no
 * cell that a spreadsheet would run as a formula.
 */
export function toCsv(header: string[], rows: string[][]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

/** The rows of a CSV text (RFC 4180), with or without BOM; a bare LF ends a row, too. `null` when a quote stands where none may. */
export function parseCsv(text: string): string[][] | null {
  const rows: string[][] = []
  let row: string[] = []
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
  const source = text.replace(/^\uFEFF/, '')
  while (cells.lastIndex < source.length) {
    const found = cells.exec(source)
    if (found === null) return null
    const text = found[1] === undefined ? (found[2] ?? '') : found[1].replace(/""/g, '"')
    // The sign that keeps a spreadsheet from running a cell.
    row.push(text.replace(/^'(?=[=+\-@])/, ''))
    if (found[3] !== ',') {
      rows.push(row)
      row = []
    }
  }
  if (row.length > 0) rows.push([...row, ''])
  return rows
}

/** Hands a text to the person as a file. */
export function saveFile(name: string, mime: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mime }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  URL.revokeObjectURL(url)
}
