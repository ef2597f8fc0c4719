/** A guard (应用准入) as its form shows it. */
import type { Guard, GuardInput, RoleName, SensitivityLabel } from '../../api/types'
import { LOWEST_PRIORITY } from '../../kit/ranks'
import { windowOf, windowSlip, windowValues, type WindowValues } from '../rules/rule-input'

export const ON_SECOND = ['ask', 'replace', 'refuse'] as const
export const ROLES: readonly RoleName[] = ['sysadmin', 'secadmin', 'auditadmin', 'operator', 'auditor', 'requester', 'vendor']
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export const MOST_SESSIONS = 100_000
/** Areas, and ceilings by time, that one guard may have. */
export const MOST_AREAS = 500
export const MOST_BANDS = 20

export interface BandValues {
  window: WindowValues
  max_sessions: number | null
}

export interface AreaValues {
  /** Tells the rows of the form apart; nothing that is sent. */
  key: number
  path_prefix: string
  methods: string[]
  public: boolean
  polling: boolean
  roles: RoleName[]
  departments: string[]
  label: SensitivityLabel | null
  priority: number | null
}

export interface GuardValues {
  name: string
  description: string
  on_second: NonNullable<GuardInput['on_second']>
  max_sessions: number
  reserved_sessions: number
  idle_minutes: number
  absolute_hours: number
  bands: BandValues[]
  areas: AreaValues[]
  step_up_from: SensitivityLabel | null
  step_up_minutes: number
  requests_per_second: number | null
  concurrent_requests: number | null
  p95_ms: number | null
  error_percent: number | null
  ends_sessions: boolean
  admit_up_to: number
  allow_plain_http: boolean
}

type Area = NonNullable<GuardInput['areas']>[number]

let lastKey = 0

export function areaValues(area: Area = { path_prefix: '' }): AreaValues {
  lastKey += 1
  return {
    key: lastKey,
    path_prefix: area.path_prefix,
    methods: area.methods ?? [],
    public: area.public ?? false,
    polling: area.polling ?? false,
    roles: area.roles ?? [],
    departments: area.departments ?? [],
    label: area.label ?? null,
    priority: area.priority ?? null,
  }
}

/** What is open is left out, as the server writes it. */
function areaOf(values: AreaValues): Area {
  const area: Area = { path_prefix: values.path_prefix.trim(), public: values.public, polling: values.polling }
  if (values.methods.length > 0) area.methods = values.methods.map((method) => method.trim().toUpperCase())
  if (values.roles.length > 0) area.roles = values.roles
  if (values.departments.length > 0) area.departments = values.departments.map((name) => name.trim())
  if (values.label !== null) area.label = values.label
  if (values.priority !== null) area.priority = values.priority
  return area
}

/** What the form shows of a guard; of none, what a new one begins with. */
export function valuesOf(guard: Guard | null): GuardValues {
  const spec: Partial<Guard['spec']> = guard?.spec ?? {}
  return {
    name: spec.name ?? '',
    description: spec.description ?? '',
    on_second: spec.on_second ?? 'ask',
    max_sessions: spec.max_sessions ?? 500,
    reserved_sessions: spec.reserved_sessions ?? 10,
    idle_minutes: spec.idle_minutes ?? 15,
    absolute_hours: spec.absolute_hours ?? 12,
    bands: (spec.bands ?? []).map(({ window, max_sessions }) => ({ window: windowValues(window), max_sessions })),
    areas: (spec.areas ?? []).map((area) => areaValues(area)),
    // Absent is said by `null`: no area asks again.
    step_up_from: spec.step_up_from === undefined ? 'L3' : spec.step_up_from,
    step_up_minutes: spec.step_up_minutes ?? 10,
    requests_per_second: spec.requests_per_second ?? null,
    concurrent_requests: spec.concurrent_requests ?? null,
    p95_ms: spec.level?.p95_ms ?? null,
    error_percent: spec.level?.error_percent ?? null,
    ends_sessions: spec.ends_sessions ?? false,
    admit_up_to: spec.admit_up_to ?? LOWEST_PRIORITY,
    allow_plain_http: spec.allow_plain_http ?? false,
  }
}

export function inputOf(values: GuardValues): GuardInput {
  const { p95_ms, error_percent, bands, areas, ...plain } = values
  return {
    ...plain,
    name: values.name.trim(),
    description: values.description.trim(),
    bands: bands.map((band) => ({ window: windowOf(band.window), max_sessions: band.max_sessions ?? 0 })),
    areas: areas.map(areaOf),
    step_up_from: values.step_up_from ?? null,
    requests_per_second: values.requests_per_second ?? null,
    concurrent_requests: values.concurrent_requests ?? null,
    level: p95_ms == null && error_percent == null ? null : { p95_ms: p95_ms ?? null, error_percent: error_percent ?? null },
  }
}

export type AreaSlip = 'path' | 'method' | 'twice'

/** Why an area cannot be sent: its path or a method is none, or it stands twice. `null` when it can. */
export function areaSlip(area: AreaValues, all: readonly AreaValues[]): AreaSlip | null {
  const path = area.path_prefix.trim()
  if (!/^\/[^\s?#%;\\]*$/.test(path) || path.includes('//')) return 'path'
  if (area.methods.some((method) => !/^[A-Za-z]+$/.test(method.trim()))) return 'method'
  const same = (other: AreaValues) => other.path_prefix.trim() === path && other.methods.length === 0 && area.methods.length === 0
  return all.some((other) => other !== area && same(other)) ? 'twice' : null
}

/** Why a ceiling cannot be sent. */
export function bandSlip(band: BandValues): 'time' | 'day' | 'most' | null {
  return windowSlip(band.window) ?? (band.max_sessions === null ? 'most' : null)
}

/** Whether nothing is wrong that the form itself can see beyond its fields. */
export function isSound(values: GuardValues): boolean {
  return values.areas.every((area) => areaSlip(area, values.areas) === null) && values.bands.every((band) => bandSlip(band) === null)
}
