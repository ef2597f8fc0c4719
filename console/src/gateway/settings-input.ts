/** Settings of a template, a group or an object as a form shows them: what is left open is inherited. */

import type { RuleSwitch, Settings } from '../api/types'

export interface RuleLine {
  /** Id of a rule, or `tag:` and a tag. */
  rule: string
  state: RuleSwitch
}

export interface SettingsValues {
  mode: Settings['mode'] | null
  policy: Settings['policy'] | null
  on_error: Settings['on_error'] | null
  threshold_in: number | null
  threshold_out: number | null
  paranoia_level: number | null
  detection_paranoia_level: number | null
  inspect_limit_kib: number | null
  rules: RuleLine[]
  rich_text: string[] | null
  secrets: string[] | null
  keep_requests: boolean | null
  scenario: Settings['scenario'] | null
  challenge: Settings['challenge'] | null
  bots: Settings['bots'] | null
  walks: Enumeration['action'] | null
  /** Arguments that are watched. */
  walk_arguments: string[]
  /** What the form does not show of it, as it stands. */
  walk_rest: Omit<Enumeration, 'action' | 'arguments'>
  room_active: number | null
  room_pace: number | null
  room_waiting: number | null
  mask_identity_numbers: boolean | null
  mask_mobile_numbers: boolean | null
  mask_bank_cards: boolean | null
  hide_errors: boolean | null
  same_origin: Settings['same_origin'] | null
  allowed_origins: string[] | null
  hide_server: boolean | null
  security_headers: boolean | null
  secure_cookies: string[] | null
  /** Empty: nobody is named, whatever the group or template says. */
  block_page_contact: string | null
  /** Id of a guard; empty: none, whatever the group or template says. */
  guard_id: string | null
  /** Id of a description; empty: none, whatever the group or template says. */
  schema_id: string | null
  api_mode: Api['mode'] | null
  refuse_unknown_parameters: boolean | null
  max_body_kib: number | null
  plain_http: Tls['plain_http'] | null
  hsts_days: number | null
  min_version: Tls['min_version'] | null
  clients: Clients | null
  authorities_pem: string
}

type Tls = NonNullable<Settings['tls']>
type Api = NonNullable<Settings['api']>
type Answers = NonNullable<Settings['answers']>
type Enumeration = NonNullable<Settings['enumeration']>

/** Largest body that a description may allow. */
export const MAX_BODY_KIB = 16_384

/** Most characters of what our pages say whom to turn to. */
export const MAX_CONTACT = 500

/** Whether clients are asked for a certificate: not at all, whoever has one, or everybody. */
export type Clients = 'none' | 'known' | 'needed'

/** What a form shows of these settings. */
export function settingsValues(settings: Settings = {}): SettingsValues {
  const limit = settings.inspect_limit_bytes
  const { action: walks, arguments: walkArguments, ...walkRest }: Partial<Enumeration> = settings.enumeration ?? {}
  return {
    mode: settings.mode ?? null,
    policy: settings.policy ?? null,
    on_error: settings.on_error ?? null,
    threshold_in: settings.threshold_in ?? null,
    threshold_out: settings.threshold_out ?? null,
    paranoia_level: settings.paranoia_level ?? null,
    detection_paranoia_level: settings.detection_paranoia_level ?? null,
    inspect_limit_kib: limit === undefined || limit === null ? null : limit / 1024,
    rules: Object.entries(settings.rules ?? {}).map(([rule, state]) => ({ rule, state })),
    rich_text: settings.rich_text ?? null,
    secrets: settings.secrets ?? null,
    keep_requests: settings.keep_requests ?? null,
    scenario: settings.scenario ?? null,
    challenge: settings.challenge ?? null,
    bots: settings.bots ?? null,
    walks: walks ?? null,
    walk_arguments: walkArguments ?? [],
    walk_rest: walkRest,
    room_active: settings.waiting_room?.max_active ?? null,
    room_pace: settings.waiting_room?.admissions_per_second ?? null,
    room_waiting: settings.waiting_room?.max_waiting ?? null,
    mask_identity_numbers: settings.api?.mask_identity_numbers ?? null,
    mask_mobile_numbers: settings.api?.mask_mobile_numbers ?? null,
    mask_bank_cards: settings.api?.mask_bank_cards ?? null,
    hide_errors: settings.api?.hide_errors ?? null,
    same_origin: settings.same_origin ?? null,
    allowed_origins: settings.allowed_origins ?? null,
    hide_server: settings.answers?.hide_server ?? null,
    security_headers: settings.answers?.security_headers ?? null,
    secure_cookies: settings.answers?.secure_cookies ?? null,
    block_page_contact: settings.answers?.block_page_contact ?? null,
    guard_id: settings.guard_id ?? null,
    schema_id: settings.api?.schema_id ?? null,
    api_mode: settings.api?.mode ?? null,
    refuse_unknown_parameters: settings.api?.refuse_unknown_parameters ?? null,
    max_body_kib: settings.api?.max_body_bytes == null ? null : settings.api.max_body_bytes / 1024,
    plain_http: settings.tls?.plain_http ?? null,
    hsts_days: settings.tls?.hsts_days ?? null,
    min_version: settings.tls?.min_version ?? null,
    clients: clientsOf(settings.tls?.client_certificates),
    authorities_pem: settings.tls?.client_certificates?.authorities_pem ?? '',
  }
}

/** What a form says. Only what was filled in is sent, so that the rest goes on being inherited. */
export function settingsOf(values: SettingsValues): Settings {
  const settings: Settings = {}
  if (values.mode) settings.mode = values.mode
  if (values.policy) settings.policy = values.policy
  if (values.on_error) settings.on_error = values.on_error
  if (values.threshold_in !== null) settings.threshold_in = values.threshold_in
  if (values.threshold_out !== null) settings.threshold_out = values.threshold_out
  if (values.paranoia_level !== null) settings.paranoia_level = values.paranoia_level
  if (values.detection_paranoia_level !== null) settings.detection_paranoia_level = values.detection_paranoia_level
  if (values.inspect_limit_kib !== null) settings.inspect_limit_bytes = Math.round(values.inspect_limit_kib * 1024)
  const rules = (values.rules ?? []).filter((line) => line.rule?.trim())
  if (rules.length > 0) settings.rules = Object.fromEntries(rules.map((line) => [line.rule.trim(), line.state]))
  if (values.rich_text !== null) settings.rich_text = values.rich_text
  if (values.secrets !== null) settings.secrets = values.secrets
  if (values.keep_requests !== null) settings.keep_requests = values.keep_requests
  if (values.scenario) settings.scenario = values.scenario
  if (values.challenge) settings.challenge = values.challenge
  if (values.guard_id !== null) settings.guard_id = values.guard_id
  if (values.bots) settings.bots = values.bots
  if (values.walks) settings.enumeration = { ...values.walk_rest, action: values.walks, ...(values.walk_arguments.length > 0 && { arguments: values.walk_arguments }) }
  if (values.room_active !== null) settings.waiting_room = { max_active: values.room_active, ...(values.room_pace !== null && { admissions_per_second: values.room_pace }), ...(values.room_waiting !== null && { max_waiting: values.room_waiting }) }
  if (values.same_origin) settings.same_origin = values.same_origin
  if (values.allowed_origins !== null) settings.allowed_origins = values.allowed_origins
  const api = apiOf(values)
  if (Object.keys(api).length > 0) settings.api = api
  const answers = answersOf(values)
  if (Object.keys(answers).length > 0) settings.answers = answers
  const tls = tlsOf(values)
  if (Object.keys(tls).length > 0) settings.tls = tls
  return settings
}

function apiOf(values: SettingsValues): Api {
  const { schema_id, api_mode: mode, refuse_unknown_parameters, max_body_kib, mask_identity_numbers, mask_mobile_numbers, mask_bank_cards, hide_errors } = values
  const max_body_bytes = max_body_kib === null ? null : Math.round(max_body_kib * 1024)
  const said = { schema_id, mode, refuse_unknown_parameters, max_body_bytes, mask_identity_numbers, mask_mobile_numbers, mask_bank_cards, hide_errors }
  return onlySaid(said) as Api
}

function answersOf({ hide_server, security_headers, secure_cookies, block_page_contact }: SettingsValues): Answers {
  return onlySaid({ hide_server, security_headers, secure_cookies, block_page_contact }) as Answers
}

function onlySaid(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))
}

/** What is said of certificates of clients; nothing when it is inherited. */
export function clientsOf(said: Tls['client_certificates']): Clients | null {
  if (!said) return null
  if (said.authorities_pem.trim() === '') return 'none'
  return said.needed ? 'needed' : 'known'
}

function tlsOf(values: SettingsValues): Tls {
  const tls: Tls = {}
  if (values.plain_http) tls.plain_http = values.plain_http
  if (values.hsts_days !== null) tls.hsts_days = values.hsts_days
  if (values.min_version) tls.min_version = values.min_version
  if (values.clients) tls.client_certificates = { needed: values.clients === 'needed', authorities_pem: values.clients === 'none' ? '' : values.authorities_pem }
  return tls
}

/** How many settings are said, for a list. */
export function countSaid(settings: Settings | undefined): number {
  const { tls, api, answers, ...rest } = settingsOf(settingsValues(settings))
  return [rest, tls, api, answers].reduce((count, said) => count + Object.keys(said ?? {}).length, 0)
}
