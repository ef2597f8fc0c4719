import { useLanguage } from '../kit/preferences'
import { en } from './en'
import type { Words } from './shape'
import { zh } from './zh'

export type { Language, Shape, Words } from './shape'

/** The words that every page shares. A capability keeps its own in `src/<capability>/i18n.ts`. */
export const shared: Words<typeof zh> = { zh, en }

/** The dictionary of the language in use. */
export function useWords<T>(words: Words<T>): T {
  const language = useLanguage()
  return words[language] as T
}
