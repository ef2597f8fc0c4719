/** The text of a group of addresses: one address, block or range a line, `#` or `;` begins a comment. */
import { isAddressOrBlock } from '../condition/tree'

/** Lines up to which a list is edited as text; a field with more of them makes a browser wait. */
export const MAX_EDITED_LINES = 5_000
/** What the server takes (`crates/defence/src/address/list.rs`). */
export const MAX_ENTRIES = 1_000_000
/** Wrong lines that are told. */
export const MAX_TOLD = 20
/** Lines that are read between two breaths. */
const BREATH = 5_000

export interface WrongLine {
  /** From 1. */
  line: number
  text: string
}

export interface Inspected {
  entries: number
  lines: number
  wrong: WrongLine[]
}

/**
 * Counts the entries and finds wrong lines without holding up the page: after every 5,000 lines it lets others have their turn.
 * `null` when it was called off.
 */
export async function inspect(text: string, breathe: () => Promise<boolean>): Promise<Inspected | null> {
  const found: Inspected = { entries: 0, lines: 0, wrong: [] }
  let at = 0
  while (at < text.length) {
    let end = text.indexOf('\n', at)
    if (end < 0) end = text.length
    found.lines += 1
    const entry = text.slice(at, end).replace(/[#;].*$/, '').replace('\uFEFF', '').trim()
    if (entry !== '') {
      if (isAddressOrBlock(entry)) found.entries += 1
      else if (found.wrong.length < MAX_TOLD) found.wrong.push({ line: found.lines, text: entry.slice(0, 64) })
    }
    at = end + 1
    // oxlint-disable-next-line no-await-in-loop -- this is the pause
    if (found.lines % BREATH === 0 && !(await breathe())) return null
  }
  return found
}

/** Whether a text has more lines than a field can hold without making a person wait. */
export function isLong(text: string): boolean {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1
    if (lines >= MAX_EDITED_LINES) return true
  }
  return false
}

/** The first lines of a text. */
export function beginning(text: string, lines: number): string {
  let at = -1
  for (let count = 0; count < lines; count += 1) {
    at = text.indexOf('\n', at + 1)
    if (at < 0) return text
  }
  return text.slice(0, at)
}
