import { Alert, Drawer, Table, Tag, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Effective, Layer, ProtectedObject } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { formatTime, nowUs } from '../../kit/time'
import { certificateWords } from '../certificates/i18n'
import { conditionWords } from '../condition/i18n'
import { gatewayWords } from '../i18n'
import { policyWords } from '../policy/i18n'
import { clientsOf } from '../settings-input'
import { doorWords } from './i18n'
import { nameIn, useGuardChoices, useSchemaChoices } from './useChoices'

interface Row {
  key: string
  what: string
  value: ReactNode
  from: Layer
  /** What stands for `default` where nothing is a default but said for all. */
  everywhere?: string
}

/** What is in force for an object, setting by setting, and who says so. */
export function EffectiveDrawer({ object, onClose }: { object: ProtectedObject | null; onClose: () => void }) {
  const words = useWords(policyWords).settings
  return (
    <Drawer open={object !== null} onClose={onClose} size={640} destroyOnHidden title={object === null ? '' : words.effectiveTitle(object.spec.name)}>
      {object !== null && <EffectiveTable object={object} />}
    </Drawer>
  )
}

function EffectiveTable({ object }: { object: ProtectedObject }) {
  const words = useWords(policyWords).settings
  const rows = useRows(object.effective)
  const says = (from: Layer) => {
    const name = { default: null, template: object.template, group: object.group, object: object.spec.name }[from]
    return name ? `${words.layerNames[from]} ${name}` : words.layerNames[from]
  }
  const columns: TableColumnsType<Row> = [
    { title: words.setting, dataIndex: 'what' },
    { title: words.value, dataIndex: 'value', render: (value: ReactNode) => <strong>{value}</strong> },
    { title: words.from, dataIndex: 'from', render: (from: Layer, row) => <Tag color={from === 'default' ? undefined : 'blue'}>{from === 'default' && row.everywhere ? row.everywhere : says(from)}</Tag> },
  ]
  return (
    <>
      <p className="muted">{words.effectiveAbout}</p>
      {object.unknown_rules.length > 0 && <Alert type="warning" showIcon title={words.unknownRules(object.unknown_rules.join(' '))} />}
      <Table<Row> size="small" pagination={false} rowKey="key" columns={columns} dataSource={rows} />
    </>
  )
}

function useRows(effective: Effective): Row[] {
  const words = useWords(policyWords).settings
  const objects = useWords(gatewayWords).objects
  const { transport } = useWords(certificateWords)
  const doors = useWords(doorWords)
  const conditions = useWords(conditionWords)
  const { mode: modeNames } = useWords(shared)
  const guards = useGuardChoices()
  const schemas = useSchemaChoices()
  const number = (value: number | null | undefined) => (value === null || value === undefined ? words.asInstalled : String(value))
  const limit = effective.inspect_limit_bytes.value
  const plain: [keyof Effective, string, string][] = [
    ['mode', words.mode, modeNames[effective.mode.value]],
    ['policy', words.policy, objects.policyNames[effective.policy.value]],
    ['on_error', words.on_error, effective.on_error.value === 'block' ? objects.onErrorBlock : objects.onErrorPass],
    ['threshold_in', words.threshold_in, number(effective.threshold_in.value)],
    ['threshold_out', words.threshold_out, number(effective.threshold_out.value)],
    ['inspect_limit_bytes', objects.inspectLimit, limit ? String(Math.round(limit / 1024)) : words.byType],
    ['rich_text', words.rich_text, effective.rich_text.value.join(' ') || words.none],
    ['secrets', words.secrets, effective.secrets.value.join(' ') || words.none],
    ['scenario', conditions.fields.scenario ?? '', conditions.choices[effective.scenario.value ?? ''] ?? words.none],
    ['challenge', words.challenge, words.challengeNames[effective.challenge.value]],
    ['bots', doors.bots, doors.botNames[effective.bots.value]],
    ['enumeration', doors.walks, doors.walkNames[effective.enumeration.value?.action ?? 'off']],
    ['waiting_room', doors.room, effective.waiting_room.value ? doors.people(effective.waiting_room.value.max_active) : doors.everybody],
    ['same_origin', doors.origins, doors.originNames[effective.same_origin.value]],
    ['allowed_origins', doors.allowedOrigins, effective.allowed_origins.value.join(' ') || words.none],
    ['keep_requests', words.keep_requests, effective.keep_requests.value ? words.kept : words.notKept],
  ]
  if (effective.policy.value === 'crs') {
    plain.splice(2, 0, ['paranoia_level', words.paranoia_level, number(effective.paranoia_level.value)])
    plain.splice(3, 0, ['detection_paranoia_level', words.detection_paranoia_level, number(effective.detection_paranoia_level.value)])
  }
  const { tls } = effective
  const clients = clientsOf(tls.client_certificates.value) ?? 'none'
  const connections = [
    { key: 'plain_http', what: transport.plainHttp, value: transport.plainHttpNames[tls.plain_http.value], from: tls.plain_http.from },
    { key: 'hsts_days', what: transport.hsts, value: tls.hsts_days.value > 0 ? String(tls.hsts_days.value) : words.none, from: tls.hsts_days.from },
    { key: 'min_version', what: transport.minVersion, value: `TLS ${tls.min_version.value}`, from: tls.min_version.from },
    { key: 'clients', what: transport.clients, value: transport.clientsNames[clients], from: tls.client_certificates.from },
  ]
  const yes = (value: boolean) => (value ? doors.yes : doors.no)
  const { api, guard_id, answers: heads } = effective
  const answers = [
    { key: 'guard_id', what: doors.guard, value: guard_id.value ? nameIn(guards, guard_id.value) : words.none, from: guard_id.from },
    { key: 'schema_id', what: doors.calls, value: api.schema_id.value ? nameIn(schemas, api.schema_id.value) : words.none, from: api.schema_id.from },
    { key: 'api_mode', what: doors.apiMode, value: doors.apiModeNames[api.mode.value], from: api.mode.from },
    { key: 'refuse_unknown_parameters', what: doors.unknownParameters, value: yes(api.refuse_unknown_parameters.value), from: api.refuse_unknown_parameters.from },
    { key: 'max_body_bytes', what: doors.maxBody, value: String(Math.round(api.max_body_bytes.value / 1024)), from: api.max_body_bytes.from },
    { key: 'mask_identity_numbers', what: `${doors.mask}: ${doors.identity}`, value: yes(api.mask_identity_numbers.value), from: api.mask_identity_numbers.from },
    { key: 'mask_mobile_numbers', what: `${doors.mask}: ${doors.mobile}`, value: yes(api.mask_mobile_numbers.value), from: api.mask_mobile_numbers.from },
    { key: 'mask_bank_cards', what: `${doors.mask}: ${doors.bank}`, value: yes(api.mask_bank_cards.value), from: api.mask_bank_cards.from },
    { key: 'hide_errors', what: doors.hide, value: yes(api.hide_errors.value), from: api.hide_errors.from },
    { key: 'hide_server', what: doors.hideServer, value: yes(heads.hide_server.value), from: heads.hide_server.from },
    { key: 'security_headers', what: doors.securityHeaders, value: yes(heads.security_headers.value), from: heads.security_headers.from },
    { key: 'secure_cookies', what: doors.secureCookies, value: heads.secure_cookies.value.join(' ') || words.none, from: heads.secure_cookies.from },
    { key: 'block_page_contact', what: doors.contact, value: heads.block_page_contact.value.trim() || words.none, from: heads.block_page_contact.from },
  ]
  const rules = Object.entries(effective.rules).map(([rule, given]) => ({ key: rule, what: `${words.rule} ${rule}`, value: words.switchNames[given.value], from: given.from }))
  const ends = (at: number | null | undefined) => (!at ? words.endsNever : at <= nowUs() ? words.isOver : words.endsAt(formatTime(at, 'second')))
  const exclusions = effective.exclusions.map(({ id, spec, from }) => ({
    key: id,
    what: words.exclusion([spec.rule, spec.parameter, spec.path].filter(Boolean).join(' ')),
    value: ends(spec.expires_at),
    from,
  }))
  const traffic = [
    ...effective.custom_rules.map((rule) => ({ key: rule.id, what: words.customRule(rule.number ?? 0, rule.name), value: <Link to={`/gateway/rules?q=${encodeURIComponent(rule.name)}`}>{words.inForce}</Link>, from: rule.from, everywhere: words.everyObject })),
    ...effective.limits.map((limit) => ({ key: limit.id, what: words.limit(limit.name), value: <Link to={`/gateway/limits?q=${encodeURIComponent(limit.name)}`}>{words.inForce}</Link>, from: limit.from, everywhere: words.everyObject })),
  ]
  return [...plain.map(([key, what, value]) => ({ key, what, value, from: (effective[key] as { from: Layer }).from })), ...connections, ...answers, ...rules, ...exclusions, ...traffic]
}
