import { shared, useWords } from '../i18n'
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
}

export function ActionTag({ action }: { action: unknown }) {
  const words = useWords(shared)
  if (typeof action !== 'string') return <StatusTag meaning="off">{words.common.unknown}</StatusTag>
  const known = (words.action as Record<string, string>)[action]
  return <StatusTag meaning={ACTIONS[action] ?? 'off'}>{known ?? action}</StatusTag>
}

/** The name of `rule.category`; an unknown code stands for itself. */
export function useCategoryName(): (category: unknown) => string {
  const words = useWords(shared)
  return (category) => {
    if (typeof category !== 'string') return ''
    return (words.category as Record<string, string>)[category] ?? category
  }
}
