/** What an exclusion is made from: one rule's match in one request. It travels in the address, so it names no values. */
export interface ExclusionDraft {
  /** Name of the protected object. */
  object: string
  rule: string
  parameter: string
  path: string
  /** Number of the request. */
  request: string
}

const KEYS = ['object', 'rule', 'parameter', 'path', 'request'] as const

/** The page that asks whether to leave this rule out here. */
export function exclusionHref(draft: ExclusionDraft): string {
  return `/gateway/exclusions?${new URLSearchParams(KEYS.map((key) => [key, draft[key]])).toString()}`
}

/** What the address of that page says; `null` when it names no rule. */
export function exclusionDraft(params: URLSearchParams): ExclusionDraft | null {
  const part = (key: string) => params.get(key) ?? ''
  if (part('rule') === '') return null
  return { object: part('object'), rule: part('rule'), parameter: part('parameter'), path: part('path'), request: part('request') }
}
