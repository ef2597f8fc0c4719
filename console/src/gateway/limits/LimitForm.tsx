import { Button, Checkbox, Drawer, Form, Input, InputNumber, Radio, Select } from 'antd'
import { useState, type ReactNode } from 'react'
import type { TrafficLimit, TrafficLimitInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { ConditionEditor, isSound } from '../condition/ConditionEditor'
import { faultsOf } from '../condition/faults'
import { trafficWords } from '../traffic/i18n'
import { faulty, NamedFields } from '../traffic/parts'
import { limitWords } from './i18n'
import { begunWith, COUNT_KINDS, inputOf, isKeyPart, KEY_WORDS, LIMIT_ACTIONS, MAX_DISTINCT, MAX_THRESHOLD, MAX_WINDOW_SECONDS, STARTS, UNITS, valuesOf, type LimitValues, type Start } from './limit-input'
import { limitText } from './sentence'

interface Props {
  /** The limit to change, or `null` for a new one. */
  limit: TrafficLimit | null
  open: boolean
  busy: boolean
  error: unknown
  onSave: (input: TrafficLimitInput) => void
  /** The limit is another one now. */
  onChange: () => void
  onClose: () => void
}

/** Parts of the form beside which a fault can stand. */
const PLACED = /^(name|keys|count|window_seconds|threshold|shape|condition)$/

/** Makes or changes a limit, and says in a sentence what it will do. */
export function LimitForm({ limit, open, busy, error, onSave, onChange, onClose }: Props) {
  const words = useWords(limitWords)
  const { toMend } = useWords(trafficWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<LimitValues>()
  const [touched, setTouched] = useState(false)
  const [telling, setTelling] = useState(false)
  const faults = faultsOf(error)
  const at = (part: string) => faults?.find((fault) => fault.part === part)?.text
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
  }
  const changed = () => { setTouched(true); onChange() }
  const whole = () => ({ ...valuesOf(limit), ...form.getFieldsValue(true) }) as LimitValues
  const begin = (start: Start) => {
    form.setFieldsValue(begunWith(start, words.starts[start], whole()))
    changed()
  }
  const save = () => {
    setTelling(true)
    if (isSound(whole().condition)) onSave(inputOf(whole()))
  }
  const footer = (
    <div className="modal-actions">
      <Button onClick={close}>{common.cancel}</Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {common.save}
      </Button>
    </div>
  )
  return (
    <Drawer open={open} onClose={close} size={820} title={limit === null ? words.create : words.editTitle(limit.spec.name)} destroyOnHidden afterOpenChange={() => { setTouched(false); setTelling(false) }} footer={footer}>
      <Form<LimitValues> form={form} clearOnDestroy layout="vertical" initialValues={valuesOf(limit)} onValuesChange={changed} onFinish={save} onFinishFailed={() => setTelling(true)}>
        {limit === null && <Starts onStart={begin} />}
        <Form.Item noStyle shouldUpdate>
          {() => <SaidSo values={whole()} />}
        </Form.Item>
        <NamedFields isOpen={open} nameFault={at('name')} />
        <CountFields fault={at} />
        <Form.Item label={words.when} extra={words.whenHelp}>
          <Form.Item name="condition" noStyle>
            <ConditionEditor faults={faults ?? []} telling={telling} />
          </Form.Item>
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(before: LimitValues, after: LimitValues) => before.count !== after.count}>
          {() =>
            form.getFieldValue('count') === 'requests' && (
              <Form.Item name="static_files_exempt" valuePropName="checked" className="tight">
                <Checkbox>{words.staticExempt}</Checkbox>
              </Form.Item>
            )
          }
        </Form.Item>
        <Form.Item name="on_demand" valuePropName="checked">
          <Checkbox>{words.onDemand}</Checkbox>
        </Form.Item>
        <ActionError error={error} sentence={faults === null ? null : PLACED.test(faults[0]?.part ?? '') ? toMend : faults[0]?.text} />
      </Form>
    </Drawer>
  )
}

function Starts({ onStart }: { onStart: (start: Start) => void }) {
  const words = useWords(limitWords)
  const [begun, setBegun] = useState(false)
  return (
    <div className="starts">
      <span className="muted">{words.startWith}</span>
      {STARTS.map((start) => (
        <Button key={start} size="small" onClick={() => { setBegun(true); onStart(start) }}>
          {words.starts[start]}
        </Button>
      ))}
      {begun && <span className="muted">{words.startsHelp}</span>}
    </div>
  )
}

function SaidSo({ values }: { values: LimitValues }) {
  const text = limitText(values, useWords(limitWords))
  return text === '' ? null : <p className="said-so" data-testid="limit-sentence">{text}</p>
}

function badKey(parts: string[]): string | undefined {
  return parts.find((part) => !isKeyPart(part))
}

function CountFields({ fault }: { fault: (part: string) => string | undefined }) {
  const words = useWords(limitWords)
  const { common } = useWords(shared)
  const { actions } = useWords(trafficWords)
  const count = Form.useWatch<LimitValues['count'] | undefined>('count')
  const shape = Form.useWatch<LimitValues['shape'] | undefined>('shape')
  const action = Form.useWatch<LimitValues['action'] | undefined>('action')
  const required = { required: true, message: common.required }
  const most = count === 'distinct' ? MAX_DISTINCT : MAX_THRESHOLD
  return (
    <>
      <Form.Item name="keys" label={words.keys} extra={words.keysHelp} rules={[{ ...required, type: 'array' }, { validator: (_rule, parts: string[] = []) => refuse(badKey(parts), words.badKey) }]} {...faulty(fault('keys'))}>
        <Select mode="tags" maxCount={8} options={useKeyChoices()} optionLabelProp="label" tokenSeparators={[',', ' ']} optionRender={keyChoice} />
      </Form.Item>
      <div className="form-pair">
        <Form.Item name="count" label={words.count} {...faulty(fault('count'))}>
          <Select options={COUNT_KINDS.map((value) => ({ value, label: words.countNames[value] }))} />
        </Form.Item>
        {count === 'distinct' && (
          <Form.Item name="distinct" label={words.distinct} extra={words.distinctHelp} rules={[required, { validator: (_rule, part?: string) => refuse(part && !isKeyPart(part) ? part : undefined, words.badKey) }]}>
            <Input maxLength={140} spellCheck={false} placeholder="arg.patient_id" />
          </Form.Item>
        )}
        {count === 'statuses' && (
          <Form.Item name="statuses" label={words.statuses} rules={[{ ...required, type: 'array' }, { validator: (_rule, statuses: string[] = []) => refuse(statuses.length > 64 || statuses.some((status) => !/^[1-5]\d\d$/.test(status)) ? '' : undefined, () => words.badStatuses) }]}>
            <Select mode="tags" open={false} suffixIcon={null} placeholder="401" tokenSeparators={[',', ' ']} />
          </Form.Item>
        )}
      </div>
      <div className="form-pair">
        <Form.Item label={words.window} required {...faulty(fault('window_seconds'))}>
          <span className="pair">
            <Form.Item name="window" noStyle dependencies={['unit']} rules={[required, ({ getFieldValue }) => ({ validator: (_rule, value?: number) => refuse(value && value * UNITS[getFieldValue('unit') as LimitValues['unit']] > MAX_WINDOW_SECONDS ? '' : undefined, () => words.badWindow) })]}>
              <InputNumber min={1} max={MAX_WINDOW_SECONDS} precision={0} aria-label={words.window} />
            </Form.Item>
            <Form.Item name="unit" noStyle>
              <Select aria-label={words.window} style={{ width: '7rem' }} options={(['second', 'minute', 'hour'] as const).map((value) => ({ value, label: words.units[value] }))} />
            </Form.Item>
          </span>
        </Form.Item>
        <Form.Item name="threshold" label={words.threshold} rules={[required]} {...faulty(fault('threshold'))}>
          <InputNumber min={1} max={most} precision={0} style={{ width: '12rem' }} />
        </Form.Item>
      </div>
      {count !== 'distinct' && (
        <div className="form-pair">
          <Form.Item name="shape" label={words.shape} extra={shape && words.shapeHelp[shape]} {...faulty(fault('shape'))}>
            <Radio.Group optionType="button" options={(['sliding', 'token_bucket'] as const).map((value) => ({ value, label: words.shapes[value] }))} />
          </Form.Item>
          {shape === 'token_bucket' && (
            <Form.Item name="burst" label={words.burst} rules={[required]}>
              <InputNumber min={1} max={MAX_THRESHOLD} precision={0} style={{ width: '12rem' }} />
            </Form.Item>
          )}
        </div>
      )}
      <Form.Item name="action" label={words.action} extra={action && words.actionHelp[action]}>
        <Radio.Group optionType="button" options={LIMIT_ACTIONS.map((value) => ({ value, label: actions[value] ?? value }))} />
      </Form.Item>
    </>
  )
}

function useKeyChoices() {
  const words = useWords(limitWords)
  return KEY_WORDS.map((value) => ({ value, label: words.keyNames[value] ?? value, help: words.keyHelp[value] ?? '' }))
}

function keyChoice({ label, data }: { label?: ReactNode; data: { help: string } }) {
  return (
    <>
      {label} <span className="muted">{data.help}</span>
    </>
  )
}

function refuse(bad: string | undefined, sentence: (bad: string) => string): Promise<void> {
  return bad === undefined ? Promise.resolve() : Promise.reject(new Error(sentence(bad)))
}
