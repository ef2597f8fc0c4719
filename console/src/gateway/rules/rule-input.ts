/** A custom rule as its form shows it. */
import type { CustomRule, CustomRuleInput, RuleAction, TimeWindow } from '../../api/types'
import { draftOf, type Draft } from '../condition/ConditionEditor'
import { writeCondition } from '../condition/tree'

export const ACTION_KINDS = ['block', 'challenge', 'captcha', 'ban', 'redirect', 'allow', 'record', 'tag', 'limit', 'set_header'] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

/** Actions after which no further rule is asked. */
export const ENDING: readonly string[] = ['allow', 'block', 'challenge', 'captcha', 'redirect', 'ban']

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export interface WindowValues {
  weekdays: string[]
  from: string
  to: string
  first_day: string
  last_day: string
  holidays: 'included' | 'excluded' | 'only'
  zone: string
}

export interface RuleValues {
  name: string
  description: string
  scope_id: string | null
  enabled: boolean
  number: number
  condition: Draft
  windows: WindowValues[]
  action: ActionKind
  redirect: string
  limit: string
  tag: string
  header_name: string
  header_value: string
}

/** The word of an action: `block`, or `tag` of `{"tag":"x"}`. */
export function actionKind(action: RuleAction): ActionKind {
  const kind = typeof action === 'string' ? action : Object.keys(action)[0]
  return ACTION_KINDS.find((known) => known === kind) ?? 'record'
}

export function windowValues(window: TimeWindow = {}): WindowValues {
  return {
    weekdays: window.weekdays ?? [],
    from: window.from ?? '',
    // The end of the day is also what an open end says, and a field for times knows no 24:00.
    to: window.to === '24:00' ? '' : (window.to ?? ''),
    first_day: window.first_day ?? '',
    last_day: window.last_day ?? '',
    holidays: window.holidays ?? 'included',
    zone: window.zone ?? '',
  }
}

export function windowOf(values: WindowValues): TimeWindow {
  return {
    weekdays: values.weekdays as TimeWindow['weekdays'],
    from: values.from || null,
    to: values.to || null,
    first_day: values.first_day || null,
    last_day: values.last_day || null,
    holidays: values.holidays,
    zone: values.zone || null,
  }
}

/** What actions say beside their word. */
interface Said {
  redirect?: string
  limit?: string
  tag?: string
  set_header?: { name: string; value: string }
}

/** What the form shows of a rule; of none, what a new one with this number begins with. */
export function valuesOf(rule: CustomRule | null, number: number): RuleValues {
  const spec = rule?.spec
  const action = spec?.action
  const said: Said = typeof action === 'object' ? action : {}
  return {
    name: spec?.name ?? '',
    description: spec?.description ?? '',
    scope_id: spec?.scope_id ?? null,
    enabled: spec?.enabled ?? true,
    number: spec?.number ?? number,
    condition: draftOf(spec?.condition),
    windows: (spec?.windows ?? []).map(windowValues),
    // A new rule only notes what it meets until somebody has seen that it is right.
    action: action === undefined ? 'record' : actionKind(action),
    redirect: said.redirect ?? '',
    limit: said.limit ?? '',
    tag: said.tag ?? '',
    header_name: said.set_header?.name ?? '',
    header_value: said.set_header?.value ?? '',
  }
}

function actionOf(values: RuleValues): RuleAction {
  switch (values.action) {
    case 'redirect':
      return { redirect: values.redirect.trim() }
    case 'limit':
      return { limit: values.limit }
    case 'tag':
      return { tag: values.tag.trim() }
    case 'set_header':
      return { set_header: { name: values.header_name.trim(), value: values.header_value } }
    default:
      return values.action
  }
}

export function inputOf(values: RuleValues): CustomRuleInput {
  const { written } = writeCondition(values.condition.root)
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    scope_id: values.scope_id ?? null,
    enabled: values.enabled,
    number: values.number,
    // The schema knows of a tree only that it is an object.
    condition: written as CustomRuleInput['condition'],
    windows: values.windows.map(windowOf),
    action: actionOf(values),
  }
}

/** The number after the last one, with room between for what comes later. */
export function nextNumber(rules: readonly CustomRule[]): number {
  const last = Math.max(0, ...rules.map((rule) => rule.spec.number))
  return Math.floor(last / 10) * 10 + 10
}

/** Why a window opens never; `null` when it can. */
export function windowSlip(window: WindowValues): 'time' | 'day' | null {
  const [from, to] = [window.from || '00:00', window.to || '24:00']
  if (from === to) return 'time'
  return window.first_day !== '' && window.last_day !== '' && window.last_day < window.first_day ? 'day' : null
}
