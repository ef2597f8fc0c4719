/** What a condition may ask for and how, as `crates/defence/src/condition` reads it. A test compares the two. */

export type Op = 'eq' | 'ne' | 'in' | 'cidr' | 'prefix' | 'suffix' | 'contains' | 'regex' | 'gt' | 'lt' | 'exists'

/** How a field is asked: by address, by name of a group of addresses, as text, as one of a few words, as a number. */
export type FieldKind = 'address' | 'group' | 'text' | 'choice' | 'number'

export type Section = 'source' | 'request' | 'named' | 'site' | 'visitor' | 'answer' | 'untold'

export interface FieldInfo {
  kind: FieldKind
  section: Section
  /** The only values there are. */
  choices?: readonly string[]
  /** Only a region database tells it. */
  ofPlace?: true
  /** No part of this version tells it yet: it is absent from every request. */
  untold?: true
}

export const SECTIONS: readonly Section[] = ['source', 'request', 'named', 'site', 'visitor', 'answer', 'untold']

/** What people do at an object. */
export const SCENARIOS = ['booking', 'query', 'payment', 'report', 'ai', 'other'] as const

export const FIELDS = {
  ip: { kind: 'address', section: 'source' },
  ip_group: { kind: 'group', section: 'source' },
  host: { kind: 'text', section: 'request' },
  path: { kind: 'text', section: 'request' },
  query: { kind: 'text', section: 'request' },
  method: { kind: 'text', section: 'request' },
  content_type: { kind: 'text', section: 'request' },
  user_agent: { kind: 'text', section: 'request' },
  body_size: { kind: 'number', section: 'request' },
  arg: { kind: 'text', section: 'named' },
  header: { kind: 'text', section: 'named' },
  cookie: { kind: 'text', section: 'named' },
  object: { kind: 'text', section: 'site' },
  group: { kind: 'text', section: 'site' },
  scenario: { kind: 'choice', section: 'site', choices: SCENARIOS },
  tls_version: { kind: 'choice', section: 'site', choices: ['1.2', '1.3', 'none'] },
  'response.status': { kind: 'number', section: 'answer' },
  country: { kind: 'text', section: 'visitor', ofPlace: true },
  region: { kind: 'text', section: 'visitor', ofPlace: true },
  zone: { kind: 'choice', section: 'visitor', choices: ['inside', 'outside', 'vpn'] },
  user: { kind: 'text', section: 'visitor' },
  label: { kind: 'choice', section: 'untold', choices: ['L1', 'L2', 'L3', 'L4'], untold: true },
  bot_class: { kind: 'choice', section: 'visitor', choices: ['browser', 'search_engine', 'tool', 'scanner', 'scraper', 'unknown'] },
} as const satisfies Record<string, FieldInfo>

/** A field by its name; `arg`, `header` and `cookie` take a name of their own behind a dot. */
export type FieldName = keyof typeof FIELDS

export const NAMED: readonly FieldName[] = ['arg', 'header', 'cookie']

const OPS: Record<FieldKind, readonly Op[]> = {
  address: ['cidr', 'eq', 'ne', 'in'],
  group: ['eq', 'ne', 'in'],
  number: ['gt', 'lt', 'eq', 'ne', 'in', 'exists'],
  choice: ['eq', 'ne', 'in', 'exists'],
  text: ['eq', 'ne', 'in', 'prefix', 'suffix', 'contains', 'regex', 'exists'],
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

export function fieldInfo(field: string): FieldInfo | null {
  return Object.hasOwnProperty.call(FIELDS, field) ? FIELDS[field as FieldName] : null
}

export function opsOf(field: string): readonly Op[] {
  const info = fieldInfo(field)
  return info === null ? [] : OPS[info.kind]
}

/** Ops that ask for one of several values. */
export function takesMany(op: string): boolean {
  return op === 'in' || op === 'cidr'
}
