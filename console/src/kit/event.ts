/** Reads the flat fields of a recorded event (spec events.md §2), whose values are unknown until looked at. */
export type EventFields = Readonly<Record<string, unknown>>

export function textField(event: EventFields, name: string): string {
  const value = event[name]
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

export function numberField(event: EventFields, name: string): number | null {
  const value = event[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** When it happened, in microseconds. */
export function eventTime(event: EventFields): number | null {
  return numberField(event, '@timestamp')
}

/**
 * A target as people read it: percent-encoded characters beyond ASCII are decoded when they are valid UTF-8. What could
 * disguise a line (controls, marks of writing direction, invisible blanks) stays encoded, and so does ASCII, which in an
 * attack is evidence.
 */
export function readableTarget(target: string): string {
  return target.replace(/(?:%[89a-f][0-9a-f])+/gi, (run) => {
    try {
      const text = decodeURIComponent(run)
      return /[\p{C}\p{Z}\p{M}]/u.test(text) ? run : text
    } catch {
      return run
    }
  })
}

/** `GET his.example.cn/report?id=1`: the request of an event, or nothing. */
export function requestLine(event: EventFields): string {
  const path = textField(event, 'url.path')
  if (path === '') return ''
  const query = textField(event, 'url.query')
  const method = textField(event, 'http.request.method')
  return readableTarget(`${method} ${textField(event, 'url.domain')}${path}${query === '' ? '' : `?${query}`}`.trim())
}

/** Any value as a text for a table: lists by comma, objects as JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
