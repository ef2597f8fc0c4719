/** A limit as its form shows it. */
import type { TrafficLimit, TrafficLimitInput } from '../../api/types'
import { draftOf, type Draft } from '../condition/ConditionEditor'
import { writeCondition, type Written } from '../condition/tree'

/** Parts of a key with one word. */
export const KEY_WORDS = ['ip', 'ip_prefix', 'session', 'user', 'token', 'object', 'path_template', 'country'] as const
export const KEY_KINDS = ['header', 'arg', 'json'] as const

export const COUNT_KINDS = ['requests', 'bytes', 'distinct', 'statuses', 'waf_blocks'] as const
export type CountKind = (typeof COUNT_KINDS)[number]
export const LIMIT_ACTIONS = ['record', 'delay', 'challenge', 'captcha', 'refuse', 'ban'] as const

/** What the server says of counts and shapes, of which the schema knows only that they are objects or words. */
type Count = 'requests' | 'bytes' | 'waf_blocks' | { distinct: string } | { statuses: number[] }
type Shape = 'sliding' | { token_bucket: { burst: number } }

export const UNITS = { second: 1, minute: 60, hour: 3600 } as const
export type Unit = keyof typeof UNITS
export const MAX_WINDOW_SECONDS = 86_400
export const MAX_THRESHOLD = 1_000_000_000
export const MAX_DISTINCT = 100_000

export interface LimitValues {
  name: string
  description: string
  scope_id: string | null
  enabled: boolean
  on_demand: boolean
  keys: string[]
  count: CountKind
  distinct: string
  statuses: string[]
  window: number
  unit: Unit
  threshold: number
  shape: 'sliding' | 'token_bucket'
  burst: number
  action: TrafficLimitInput['action']
  condition: Draft
  static_files_exempt: boolean
}

/** The largest unit in which a window is a whole number. */
export function windowOf(seconds: number): { window: number; unit: Unit } {
  const unit = (['hour', 'minute'] as const).find((unit) => seconds % UNITS[unit] === 0) ?? 'second'
  return { window: seconds / UNITS[unit], unit }
}

export function valuesOf(limit: { spec: TrafficLimit['spec'] } | null): LimitValues {
  const spec = limit?.spec
  const count = (spec?.count ?? 'requests') as unknown as Count
  const shape = (spec?.shape ?? 'sliding') as unknown as Shape
  const [kind, distinct, statuses] = typeof count === 'string' ? [count, '', []] : 'distinct' in count ? (['distinct', count.distinct, []] as const) : (['statuses', '', count.statuses] as const)
  return {
    name: spec?.name ?? '',
    description: spec?.description ?? '',
    scope_id: spec?.scope_id ?? null,
    enabled: spec?.enabled ?? true,
    on_demand: spec?.on_demand ?? false,
    keys: spec?.keys ?? ['ip'],
    count: kind,
    distinct,
    statuses: statuses.map(String),
    ...windowOf(spec?.window_seconds ?? 60),
    threshold: spec?.threshold ?? 60,
    shape: shape === 'sliding' ? 'sliding' : 'token_bucket',
    burst: typeof shape === 'object' ? shape.token_bucket.burst : (spec?.threshold ?? 60),
    action: spec?.action ?? 'record',
    condition: draftOf(spec?.when),
    static_files_exempt: spec?.static_files_exempt ?? true,
  }
}

function countOf(values: LimitValues): Count {
  if (values.count === 'distinct') return { distinct: values.distinct }
  return values.count === 'statuses' ? { statuses: values.statuses.map(Number) } : values.count
}

export function inputOf(values: LimitValues): TrafficLimitInput {
  const shape: Shape = values.shape === 'sliding' ? 'sliding' : { token_bucket: { burst: values.burst } }
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    scope_id: values.scope_id ?? null,
    enabled: values.enabled,
    on_demand: values.on_demand,
    keys: values.keys,
    count: countOf(values) as unknown as TrafficLimitInput['count'],
    window_seconds: values.window * UNITS[values.unit],
    shape: shape as unknown as TrafficLimitInput['shape'],
    threshold: values.threshold,
    action: values.action,
    when: writeCondition(values.condition.root).written as TrafficLimitInput['when'],
    static_files_exempt: values.static_files_exempt,
  }
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,128}$/

/** Whether something can be counted for such a part of a key. */
export function isKeyPart(part: string): boolean {
  if ((KEY_WORDS as readonly string[]).includes(part)) return true
  const [kind, ...rest] = part.split('.')
  const name = rest.join('.')
  if (kind === 'header') return TOKEN.test(name)
  return (kind === 'arg' || kind === 'json') && /^[^\p{Cc}]{1,128}$/u.test(name)
}

/** Where a person may begin: what the hospital's businesses usually need (gateway.md §8, §10). */
export const STARTS = ['booking', 'query', 'login', 'report'] as const
export type Start = (typeof STARTS)[number]

const path = (value: string): Written => ({ field: 'path', op: 'prefix', value })
const posted = (value: string): Written => ({ all: [{ field: 'method', op: 'eq', value: 'POST' }, path(value)] })

const BEGINNINGS: Record<Start, Partial<LimitValues> & { when: Written }> = {
  booking: { keys: ['session'], count: 'requests', window: 1, unit: 'minute', threshold: 10, action: 'challenge', static_files_exempt: true, when: posted('/appointment') },
  query: { keys: ['session'], count: 'requests', window: 1, unit: 'minute', threshold: 60, action: 'refuse', static_files_exempt: true, when: path('/query') },
  login: { keys: ['ip'], count: 'statuses', statuses: ['401', '403'], window: 5, unit: 'minute', threshold: 5, action: 'challenge', static_files_exempt: false, when: posted('/login') },
  report: { keys: ['session'], count: 'requests', window: 1, unit: 'hour', threshold: 30, action: 'refuse', static_files_exempt: false, when: path('/report') },
}

/** The form with a beginning in it; its name and scope stay as they are. */
export function begunWith(start: Start, name: string, values: LimitValues): LimitValues {
  const { when, ...beginning } = BEGINNINGS[start]
  return { ...values, shape: 'sliding', on_demand: false, statuses: [], distinct: '', ...beginning, name: values.name.trim() === '' ? name : values.name, condition: draftOf(when) }
}
