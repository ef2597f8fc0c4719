import { DownloadOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select, Tag } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { CustomRule } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { saveFile, toCsv } from '../../kit/csv'
import { allOf, fieldIs, searchHref } from '../../kit/query'
import { StatusTag, type Meaning } from '../../kit/status'
import { useScopes } from '../parts/useScopes'
import { policyWords } from '../policy/i18n'
import { useFind } from './rows'
import { trafficWords } from './i18n'
import './traffic.css'

const MEANINGS: Record<string, Meaning> = { allow: 'ok', block: 'critical', refuse: 'critical', ban: 'critical', challenge: 'medium', captcha: 'medium', delay: 'medium', redirect: 'low', limit: 'low', record: 'off', tag: 'off', set_header: 'off' }

/** What a rule or limit does, as icon and word. */
export function ActionKind({ kind }: { kind: string }) {
  const words = useWords(trafficWords)
  return <StatusTag meaning={MEANINGS[kind] ?? 'off'}>{words.actions[kind] ?? kind}</StatusTag>
}

interface Scoped {
  spec: { scope_id?: string | null }
  scope?: CustomRule['scope']
  scope_name?: string | null
}

/** What a rule or limit belongs to: everything, or one object, group or template. */
export function ScopeCell({ row }: { row: Scoped }) {
  const words = useWords(trafficWords)
  const kinds = useWords(policyWords).history.kinds
  if (!row.spec.scope_id) return <Tag>{words.everywhere}</Tag>
  if (!row.scope) return <StatusTag meaning="high">{words.lost}</StatusTag>
  return (
    <>
      {kinds[row.scope]} <strong>{row.scope_name}</strong>
    </>
  )
}

/** The kinds of scope that a list can be narrowed to. */
export function scopeOf(row: Scoped): string {
  return row.spec.scope_id ? (row.scope ?? 'lost') : 'all'
}

/** An on-off switch that says what it is. */
export function Toggle({ on, label, busy, onChange }: { on: boolean; label: string; busy: boolean; onChange: (on: boolean) => void }) {
  const words = useWords(trafficWords)
  return (
    <button type="button" role="switch" aria-checked={on} aria-label={label} className="toggle" disabled={busy} onClick={() => onChange(!on)}>
      <span className="toggle-knob" aria-hidden="true" />
      {on ? words.enabled : words.disabled}
    </button>
  )
}

/** Everything that was recorded under a rule of this id within a week. */
export function HitsLink({ id, children }: { id: string; children?: ReactNode }) {
  const words = useWords(trafficWords)
  return <Link to={searchHref({ q: allOf('stream:waf', fieldIs('rule.id', id)), range: { preset: '7d' } })}>{children ?? words.evidence}</Link>
}

export function Named({ name, about }: { name: string; about?: string }) {
  return (
    <span className="stacked">
      <strong>{name}</strong>
      {about && <span className="muted">{about}</span>}
    </span>
  )
}

interface FindBarProps {
  /** Choices by the key under which they stand in the address. */
  choices: { key: string; label: string; options: { value: string; label: string }[] }[]
  placeholder?: string
  /** Writes the file when it is asked for; absent while there is nothing to write. */
  onExport?: () => { name: string; head: string[]; rows: string[][] }
}

/** Narrows a list, and hands it out as a spreadsheet. */
export function FindBar({ choices, placeholder, onExport }: FindBarProps) {
  const words = useWords(trafficWords)
  const [find, setFind] = useFind()
  const save = () => {
    if (!onExport) return
    const { name, head, rows } = onExport()
    saveFile(name, 'text/csv', toCsv(head, rows))
  }
  return (
    <span className="row-actions">
      {choices.map(({ key, label, options }) => (
        <Select key={key} allowClear className="find-choice" aria-label={label} placeholder={label} value={find(key) || undefined} options={options} onChange={(value?: string) => setFind(key, value ?? '')} />
      ))}
      <Input.Search key={find('q')} className="find" aria-label={placeholder ?? words.find} placeholder={placeholder ?? words.find} defaultValue={find('q')} allowClear onSearch={(text) => setFind('q', text.trim())} />
      <Button icon={<DownloadOutlined />} disabled={!onExport} onClick={save}>
        {words.export}
      </Button>
    </span>
  )
}

/** Name, description and scope, with which the forms of rules and limits begin. */
export function NamedFields({ isOpen, nameFault }: { isOpen: boolean; nameFault?: string }) {
  const words = useWords(trafficWords)
  const { common } = useWords(shared)
  const scopes = useScopes(isOpen)
  const tooLong = (_rule: unknown, text?: string) => (new TextEncoder().encode(text ?? '').length > 64 ? Promise.reject(new Error(words.longName)) : Promise.resolve())
  return (
    <>
      <Form.Item name="name" label={words.name} rules={[{ required: true, whitespace: true, message: common.required }, { validator: tooLong }]} validateTrigger="onBlur" {...faulty(nameFault)}>
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <div className="form-pair">
        <Form.Item name="description" label={words.description}>
          <Input maxLength={300} autoComplete="off" />
        </Form.Item>
        <Form.Item name="scope_id" label={words.scope} extra={words.everywhereHelp}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={words.everywhere} options={scopes ?? []} />
        </Form.Item>
      </div>
    </>
  )
}

/** What the server found, at the field that it is about. */
export function faulty(fault: string | undefined) {
  return fault === undefined ? {} : ({ validateStatus: 'error', help: fault } as const)
}
