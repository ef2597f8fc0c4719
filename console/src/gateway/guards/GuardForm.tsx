import { Alert, Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd'
import type { ReactNode } from 'react'
import type { Guard, GuardInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { LOWEST_PRIORITY, useRanks } from '../../kit/ranks'
import { faultsOf } from '../condition/faults'
import { FormDrawer } from '../parts/FormDrawer'
import type { ItemForm } from '../parts/useItems'
import { trafficWords } from '../traffic/i18n'
import { faulty } from '../traffic/parts'
import { AreasField } from './AreasField'
import { BandsField } from './BandsField'
import { inputOf, isSound, MOST_SESSIONS, ON_SECOND, valuesOf, type GuardValues } from './guard-input'
import { guardWords } from './i18n'
import './guards.css'

/** Parts of the form beside which a fault can stand. */
const PLACED = /^(name|description|max_sessions|reserved_sessions|idle_minutes|absolute_hours|bands|areas|step_up_minutes|requests_per_second|level|admit_up_to)$/

type FaultAt = (part: string) => string | undefined

/** Makes or changes a guard. What the server finds wrong stands where it belongs. */
export function GuardForm({ item, onSave, ...drawer }: ItemForm<Guard, GuardInput>) {
  const words = useWords(guardWords)
  const { toMend } = useWords(trafficWords)
  const [form] = Form.useForm<GuardValues>()
  const faults = faultsOf(drawer.error)
  const at: FaultAt = (part) => faults?.find((fault) => fault.part === part)?.text
  const first = faults?.[0]
  return (
    <FormDrawer<GuardValues>
      {...drawer}
      form={form}
      size={1120}
      title={item === null ? words.create : words.editTitle(item.spec.name)}
      values={valuesOf(item)}
      sentence={first === undefined ? null : PLACED.test(first.part) ? toMend : first.text}
      onSave={(values) => isSound(values) && onSave(inputOf(values))}
    >
      {(telling) => (
        <>
          <Part title={words.basics}>
            <NameFields at={at} />
          </Part>
          <Part title={words.sessions}>
            <SessionFields at={at} />
            <Form.Item name="bands" noStyle>
              <BandsField fault={at('bands')} telling={telling} />
            </Form.Item>
          </Part>
          <Part title={words.areas} about={words.areasHelp}>
            <Form.Item name="areas">
              <AreasField fault={at('areas')} telling={telling} />
            </Form.Item>
          </Part>
          <Part title={words.stepUp}>
            <StepUpFields at={at} />
          </Part>
          <Part title={words.share}>
            <ShareFields at={at} />
          </Part>
          <Part title={words.level} about={words.levelHelp}>
            <LevelFields at={at} />
          </Part>
          <Part title={words.transport}>
            <PlainHttpField />
          </Part>
        </>
      )}
    </FormDrawer>
  )
}

function Part({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className="form-part">
      <h3>{title}</h3>
      {about !== undefined && <p className="muted">{about}</p>}
      {children}
    </section>
  )
}

function NameFields({ at }: { at: FaultAt }) {
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const tooLong = (_rule: unknown, text?: string) => (new TextEncoder().encode(text ?? '').length > 64 ? Promise.reject(new Error(traffic.longName)) : Promise.resolve())
  return (
    <div className="form-pair">
      <Form.Item name="name" label={traffic.name} rules={[{ required: true, whitespace: true, message: common.required }, { validator: tooLong }]} validateTrigger="onBlur" {...faulty(at('name'))}>
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item name="description" label={traffic.description} {...faulty(at('description'))}>
        <Input maxLength={300} autoComplete="off" />
      </Form.Item>
    </div>
  )
}

interface CountProps {
  name: keyof GuardValues
  label: string
  help?: string
  unit?: string
  min: number
  max: number
  /** What an empty field means; without it the field must be filled in. */
  open?: string
  fault: string | undefined
}

function Count({ name, label, help, unit, min, max, open, fault }: CountProps) {
  const { common } = useWords(shared)
  return (
    <Form.Item name={name} label={label} extra={help} rules={open === undefined ? [{ required: true, message: common.required }] : []} {...faulty(fault)}>
      <InputNumber min={min} max={max} precision={0} placeholder={open} suffix={unit} style={{ width: '12rem' }} />
    </Form.Item>
  )
}

function SessionFields({ at }: { at: FaultAt }) {
  const words = useWords(guardWords)
  const { common } = useWords(shared)
  return (
    <>
      <Form.Item name="on_second" label={words.onSecondLong}>
        <Radio.Group
          className="choice-list"
          options={ON_SECOND.map((value) => ({
            value,
            label: (
              <>
                {words.onSecondNames[value]} <span className="muted">{words.onSecondHelp[value]}</span>
              </>
            ),
          }))}
        />
      </Form.Item>
      <div className="form-pair">
        <Count name="max_sessions" label={words.maxSessions} help={words.maxSessionsHelp} min={1} max={MOST_SESSIONS} fault={at('max_sessions')} />
        <Form.Item
          name="reserved_sessions"
          label={words.reserved}
          extra={words.reservedHelp}
          dependencies={['max_sessions']}
          rules={[{ required: true, message: common.required }, ({ getFieldValue }) => ({ validator: (_rule, value?: number) => (typeof value === 'number' && value >= (getFieldValue('max_sessions') as number) ? Promise.reject(new Error(words.reservedTooMany)) : Promise.resolve()) })]}
          {...faulty(at('reserved_sessions'))}
        >
          <InputNumber min={0} max={MOST_SESSIONS - 1} precision={0} style={{ width: '12rem' }} />
        </Form.Item>
        <Count name="idle_minutes" label={words.idle} help={words.idleHelp} unit={words.minutes} min={5} max={120} fault={at('idle_minutes')} />
        <Count name="absolute_hours" label={words.absolute} help={words.absoluteHelp} unit={words.hours} min={1} max={24} fault={at('absolute_hours')} />
      </div>
    </>
  )
}

function StepUpFields({ at }: { at: FaultAt }) {
  const words = useWords(guardWords)
  const ranks = useRanks()
  const from = Form.useWatch<GuardValues['step_up_from'] | undefined>('step_up_from')
  return (
    <div className="form-pair">
      <Form.Item name="step_up_from" label={words.stepUpFrom} extra={words.stepUpFromHelp}>
        <Select options={[{ value: null, label: words.stepUpNever }, ...ranks.labelChoices]} style={{ maxWidth: '16rem' }} />
      </Form.Item>
      {from != null && <Count name="step_up_minutes" label={words.stepUpMinutes} help={words.stepUpMinutesHelp} unit={words.minutes} min={1} max={240} fault={at('step_up_minutes')} />}
    </div>
  )
}

function ShareFields({ at }: { at: FaultAt }) {
  const words = useWords(guardWords)
  return (
    <div className="form-pair">
      <Count name="requests_per_second" label={words.perSecond} help={words.shareHelp} min={1} max={1_000_000} open={words.unlimited} fault={at('requests_per_second')} />
      <Count name="concurrent_requests" label={words.atOnce} min={1} max={1_000_000} open={words.unlimited} fault={at('concurrent_requests')} />
    </div>
  )
}

function LevelFields({ at }: { at: FaultAt }) {
  const words = useWords(guardWords)
  return (
    <>
      <div className="form-pair">
        <Count name="p95_ms" label={words.p95} unit="ms" min={10} max={60_000} open={words.unlimited} fault={at('level')} />
        <Count name="error_percent" label={words.errors} unit={words.percent} min={0} max={100} open={words.unlimited} fault={undefined} />
      </div>
      <Form.Item name="ends_sessions" valuePropName="checked" extra={words.endsSessionsHelp}>
        <Checkbox>{words.endsSessions}</Checkbox>
      </Form.Item>
      <Form.Item name="admit_up_to" label={words.admit} extra={words.admitHelp} {...faulty(at('admit_up_to'))}>
        <AdmitField />
      </Form.Item>
    </>
  )
}

/** Up to which class people are let in; the browser's own slider, which every keyboard and screen reader knows. */
function AdmitField({ id, value = LOWEST_PRIORITY, onChange }: { id?: string; value?: number; onChange?: (last: number) => void }) {
  const words = useWords(guardWords)
  const ranks = useRanks()
  const said = value === LOWEST_PRIORITY ? words.admitAll : words.admitSaid(ranks.priority(value))
  return (
    <div className="admit">
      <input id={id} type="range" min={1} max={LOWEST_PRIORITY} step={1} value={value} aria-valuetext={said} onChange={(event) => onChange?.(Number(event.target.value))} />
      <div className="admit-marks" aria-hidden="true">
        {[1, 5, 9].map((mark) => (
          <span key={mark}>{ranks.priority(mark)}</span>
        ))}
      </div>
      <strong>{said}</strong>
    </div>
  )
}

function PlainHttpField() {
  const words = useWords(guardWords)
  const isOn = Form.useWatch<boolean | undefined>('allow_plain_http')
  return (
    <>
      <Form.Item name="allow_plain_http" valuePropName="checked" className="tight">
        <Checkbox>{words.plainHttp}</Checkbox>
      </Form.Item>
      {isOn && <Alert type="warning" showIcon title={words.plainHttpWarning} />}
    </>
  )
}
