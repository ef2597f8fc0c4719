/** What a limit will do, in one plain sentence. */
import { formatBytes, formatCount } from '../../kit/number'
import { spaced } from '../condition/sentence'
import type { limitWords } from './i18n'
import type { LimitValues } from './limit-input'

type Said = (typeof limitWords)['zh']

/** Nothing is said of a limit that is half filled in. */
export function limitText(values: LimitValues, words: Said): string {
  const { said } = words
  if (values.keys.length === 0 || !values.window || !values.threshold) return ''
  const who = values.keys.map((part) => keyText(part, words)).join(said.plus)
  const span = said.sliding(said.span(values.window, words.units[values.unit]))
  const most = formatCount(values.threshold)
  const counted = {
    requests: () => said.requests(most),
    bytes: () => said.bytes(formatBytes(values.threshold)),
    distinct: () => said.distinct(most, keyText(values.distinct, words)),
    statuses: () => said.statuses(most, values.statuses.join(said.comma)),
    waf_blocks: () => said.waf_blocks(most),
  }[values.count]()
  const burst = values.shape === 'token_bucket' && values.burst ? said.burst(values.count === 'bytes' ? formatBytes(values.burst) : formatCount(values.burst)) : ''
  return spaced(said.one(who, span, `${counted}${burst}`, said.outcomes[values.action]))
}

export function keyText(part: string, words: Said): string {
  const [kind = '', ...name] = part.split('.')
  return name.length === 0 ? (words.keyNames[part] ?? part) : `${words.keyKinds[kind] ?? kind} ${name.join('.')}`
}
