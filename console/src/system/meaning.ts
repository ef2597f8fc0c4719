import type { Meaning } from '../kit/status'

const MEANINGS: Record<string, Meaning> = {
  ok: 'ok',
  up: 'ok',
  ready: 'ok',
  running: 'ok',
  success: 'ok',
  starting: 'low',
  degraded: 'medium',
  restarting: 'high',
  backoff: 'high',
  failed: 'critical',
  failure: 'critical',
  down: 'critical',
  stopped: 'off',
  finished: 'off',
  done: 'off',
}

/** What a word of the server means; a word that is not known is never shown as normal. */
export function stateMeaning(state: string): Meaning {
  return MEANINGS[state.toLowerCase()] ?? 'off'
}
