import type { Meaning } from '../kit/status'

const MEANINGS: Record<string, Meaning> = {
  running: 'ok',
  success: 'ok',
  degraded: 'medium',
  backing_off: 'high',
  failure: 'critical',
  ended: 'off',
}

/** What a word of the server means; a word that is not known is never shown as normal. */
export function stateMeaning(state: string): Meaning {
  return MEANINGS[state] ?? 'off'
}
