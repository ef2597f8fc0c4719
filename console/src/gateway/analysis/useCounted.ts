import { useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { FIELDS } from '../events/filters'
import { analysisWords } from './i18n'
import { useCounts, useNewest, type Question } from './questions'
import { totalOf, trendStep } from './trend'

/** What the map and the list were made of, said on the page. */
export function useCounted(question: Question): string {
  const words = useWords(analysisWords)
  const newest = useNewest(question).data
  const counts = useCounts(question, trendStep(question.span), FIELDS.action).data
  if (newest === undefined) return ''
  const count = formatCount(newest.rows.length)
  if (newest.next_cursor == null && newest.complete) return words.countedAll(count)
  const total = counts === undefined ? 0 : totalOf(counts.buckets)
  return total < newest.rows.length ? words.countedSome(count) : words.countedNewest(count, formatCount(total))
}
