import { shared, useWords } from '../i18n'
import { type EventFields, textField } from './event'
import { useEventWords } from './event-words'
import { StatusTag, type Meaning } from './status'

const SEVERITIES: { meaning: Meaning; key: 's0' | 's1' | 's2' | 's3' | 's4' }[] = [
  { meaning: 'off', key: 's0' },
  { meaning: 'low', key: 's1' },
  { meaning: 'medium', key: 's2' },
  { meaning: 'high', key: 's3' },
  { meaning: 'critical', key: 's4' },
]

/** `event.severity` 0–4 (spec events.md §4). */
export function SeverityTag({ severity }: { severity: unknown }) {
  const words = useWords(shared)
  const known = typeof severity === 'number' ? SEVERITIES[severity] : undefined
  if (!known) return <StatusTag meaning="off">{words.common.unknown}</StatusTag>
  return <StatusTag meaning={known.meaning}>{words.severity[known.key]}</StatusTag>
}

/** What was done with a request. A block is the house at work: green; an attack that went through is the alarm. */
const ACTIONS: Record<string, Meaning> = {
  block: 'ok',
  deny: 'ok',
  serve: 'off',
  observe: 'high',
  pass: 'high',
  challenge: 'medium',
  login_failed: 'medium',
}

export function ActionTag({ event }: { event: EventFields }) {
  const words = useWords(shared)
  const names = useEventWords()
  const action = textField(event, 'event.action')
  if (action === '') return <StatusTag meaning="off">{words.common.unknown}</StatusTag>
  return <StatusTag meaning={ACTIONS[action] ?? 'off'}>{names.action(event)}</StatusTag>
}
