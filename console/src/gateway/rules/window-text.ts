/** Time windows in words. */
import type { ruleWords } from './i18n'
import { WEEKDAYS, type WindowValues } from './rule-input'

type Said = (typeof ruleWords)['zh']

/** `周一–周五 08:00–18:00 节假日除外`. */
export function windowText(window: WindowValues, words: Said): string {
  const parts = [
    window.weekdays.length > 0 && window.weekdays.length < WEEKDAYS.length ? daysText(window.weekdays, words) : '',
    window.from !== '' || window.to !== '' ? words.said.span(window.from || '00:00', window.to || '24:00') : '',
    window.first_day === '' ? '' : words.said.since(window.first_day),
    window.last_day === '' ? '' : words.said.until(window.last_day),
    window.holidays === 'included' ? '' : words.holidayUses[window.holidays],
    window.zone === '' ? '' : words.said.zone(window.zone),
  ].filter((part) => part !== '')
  return parts.length === 0 ? words.always : parts.join(words.said.part)
}

export function windowsText(windows: readonly WindowValues[], words: Said): string {
  return windows.length === 0 ? words.always : windows.map((window) => windowText(window, words)).join(words.said.either)
}

/** Days in a row stand as a span. */
function daysText(days: readonly string[], words: Said): string {
  const runs: string[][] = []
  for (const day of WEEKDAYS) {
    if (!days.includes(day)) continue
    const last = runs[runs.length - 1]
    const before = WEEKDAYS[WEEKDAYS.indexOf(day) - 1]
    if (last !== undefined && last[last.length - 1] === before) last.push(day)
    else runs.push([day])
  }
  const name = (day: string | undefined) => words.days[day ?? ''] ?? ''
  return runs.map((run) => (run.length > 2 ? words.said.span(name(run[0]), name(run[run.length - 1])) : run.map(name).join(words.said.comma))).join(words.said.comma)
}
