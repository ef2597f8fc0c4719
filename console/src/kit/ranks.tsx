/** Sensitivity labels L1 to L4 and priority classes 0 to 9, as people read and choose them. */
import type { SensitivityLabel } from '../api/types'
import { useWords } from '../i18n'
import { rankWords } from '../i18n/ranks'
import { StatusTag, type Meaning } from './status'

export const LABELS: readonly SensitivityLabel[] = ['L1', 'L2', 'L3', 'L4']
/** What everybody has to whom nothing else was given. */
export const NORMAL_PRIORITY = 5
/** The class that is turned away first: where it is let in, everybody is. */
export const LOWEST_PRIORITY = 9

const MEANINGS: Record<SensitivityLabel, Meaning> = { L1: 'off', L2: 'low', L3: 'medium', L4: 'high' }

export function useRanks() {
  const words = useWords(rankWords)
  const label = (level: SensitivityLabel) => `${level} ${words.labels[level]}`
  const priority = (number: number) => words.priority(number, words.priorities[number] ?? '')
  return {
    label,
    priority,
    labelChoices: LABELS.map((value) => ({ value, label: label(value) })),
    priorityChoices: words.priorities.map((_word, value) => ({ value, label: priority(value) })),
  }
}

export function LabelTag({ label }: { label: SensitivityLabel }) {
  return <StatusTag meaning={MEANINGS[label]}>{useRanks().label(label)}</StatusTag>
}

/** Classes 0 and 1 are never turned away for others, and stand out. */
export function PriorityTag({ priority }: { priority: number }) {
  return <StatusTag meaning={priority <= 1 ? 'care' : 'off'}>{useRanks().priority(priority)}</StatusTag>
}
