/** Faults that the server found in a rule or a limit, taken apart so that each stands where it belongs. */
import { Problem } from '../../api/problem'

export interface Fault {
  /** Where: `condition`, `windows[1]`, `action`, or a key of the form; empty when nobody knows. */
  part: string
  /** Where within it; of a condition, a path such as `all[1].not.value`. */
  path: string
  /** What is wrong, in the words of the server. */
  text: string
}

/** `all[1].not.value`, `value[3]`; with it a fault of a condition begins unless it is about the whole. */
const PATH = /^((?:(?:all|any)(?:\[\d+\])?|not|field|op|value(?:\[\d+\])?)(?:\.(?:(?:all|any)(?:\[\d+\])?|not|field|op|value(?:\[\d+\])?))*): /

/** Says again which thing is wrong, which the form already says. */
const NAMED = /^compile the policy: [a-z ]+ "(?:[^"\\]|\\.)*": /

/** Which of these fields are wrong; `null` where the refusal is about something else. */
export function faultsOf(error: unknown): Fault[] | null {
  if (!(error instanceof Problem) || error.code !== 'GTW-0102') return null
  const { field } = error.args
  if (typeof field !== 'string') return null
  const detail = error.detail.replace(/^.*?compile (?:rule \d+|rules|limit `[^`]*`): /s, '')
  const condition = /^(?:condition|when): compile condition: (.*)$/s.exec(detail)
  if (condition) return split(condition[1] ?? '')
  const shape = /^(?:condition|when): read condition: (.*)$/s.exec(detail)
  if (shape) return [{ part: 'condition', path: '', text: shape[1] ?? '' }]
  const window = /^(windows\[\d+\])(?:: read time window)?: (?:(\w+): )?(.*)$/s.exec(detail)
  if (window) return [{ part: window[1] ?? '', path: window[2] ?? '', text: window[3] ?? '' }]
  const part = /^(\w+)(?:[.:](\w+))?: (.*)$/s.exec(detail)
  if (part && detail !== error.detail) return [{ part: part[1] ?? '', path: part[2] ?? '', text: part[3] ?? '' }]
  if (/^number \d+ is there twice$/.test(detail)) return [{ part: 'number', path: '', text: detail }]
  return [{ part: field, path: '', text: detail.replace(NAMED, '') }]
}

/** Faults of a condition stand in one line, `; ` between them; a text may hold a `; ` of its own. */
function split(text: string): Fault[] {
  const faults: Fault[] = []
  for (const piece of text.split('; ')) {
    const path = PATH.exec(piece)
    const last = faults[faults.length - 1]
    if (path) faults.push({ part: 'condition', path: path[1] ?? '', text: piece.slice(path[0].length) })
    else if (last === undefined) faults.push({ part: 'condition', path: '', text: piece })
    else last.text += `; ${piece}`
  }
  return faults
}
