/** Attacks as rows of a spreadsheet: when, from where, what, at what, and what became of it (CD-021). */
import type { EventRecord } from '../../api/types'
import { eventTime, readableTarget, textField, type EventFields } from '../../kit/event'
import { formatTime } from '../../kit/time'

export type Column = 'time' | 'source' | 'category' | 'rule' | 'host' | 'url' | 'action' | 'status' | 'object' | 'method' | 'request'

export const COLUMNS: readonly Column[] = ['time', 'source', 'category', 'rule', 'host', 'method', 'url', 'action', 'status', 'object', 'request']

/** How codes are said. */
export interface Names {
  category: (code: string) => string
  action: (event: EventFields) => string
}

function cellOf(event: EventFields, column: Column, names: Names): string {
  const time = eventTime(event)
  switch (column) {
    case 'time':
      return time === null ? '' : formatTime(time, 'milli')
    case 'source':
      return textField(event, 'source.ip')
    case 'category':
      return names.category(textField(event, 'rule.category'))
    case 'rule':
      return textField(event, 'rule.id')
    case 'host':
      return textField(event, 'url.domain')
    case 'method':
      return textField(event, 'http.request.method')
    case 'url':
      return urlOf(event)
    case 'action':
      return names.action(event)
    case 'status':
      return textField(event, 'http.response.status_code')
    case 'object':
      return textField(event, 'waf.object')
    case 'request':
      return textField(event, 'http.request.id')
  }
}

/** Path and query of a request, as people read them. */
export function urlOf(event: EventFields): string {
  const query = textField(event, 'url.query')
  return readableTarget(`${textField(event, 'url.path')}${query === '' ? '' : `?${query}`}`)
}

export function attackRows(records: readonly EventRecord[], names: Names): string[][] {
  return records.map(({ event }) => COLUMNS.map((column) => cellOf(event, column, names)))
}
