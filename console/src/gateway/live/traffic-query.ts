/** What the page of live traffic asks for, from its address. */
import { allOf } from '../../kit/query'
import { queryOf, type EventFilter } from '../events/filters'

export const KINDS = ['all', 'access', 'waf'] as const
export type Kind = (typeof KINDS)[number]

const BASES: Readonly<Record<Kind, string>> = {
  all: '(stream:access OR stream:waf)',
  access: 'stream:access',
  waf: 'stream:waf event.dataset:=waf.attack',
}

export function kindOf(text: string | null): Kind {
  return KINDS.find((kind) => kind === text) ?? 'all'
}

/** Requests, attacks or both, narrowed by filters and by what a person typed in the language of the search. */
export function trafficQuery(kind: Kind, filters: readonly EventFilter[], typed: string): string {
  const own = typed.trim()
  // First, so that a slip is told at about the place where it was typed.
  return allOf(own === '' || own === '*' ? '' : `(${own})`, queryOf(BASES[kind], filters))
}
