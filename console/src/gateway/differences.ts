/** Where two versions of an item differ, leaf by leaf. */

export interface Difference {
  /** `settings.mode`, `hosts`. */
  path: string
  /** `null` where there was nothing. */
  before: string | null
  after: string | null
}

/** Longest text that is shown of a value. */
const MAX_SHOWN = 200

export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [leaves(before), leaves(after)]
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort()
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((row) => row.before !== row.after)
}

/** Objects are walked into, lists are one value: their order means something. */
function leaves(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) return into
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, into)
    return into
  }
  const text = Array.isArray(value) ? value.map(String).join(' ') : String(value)
  if (text !== '') into.set(path, text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
  return into
}
