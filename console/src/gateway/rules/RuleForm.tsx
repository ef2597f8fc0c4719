import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { CustomRule, CustomRuleInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { ConditionEditor, isSound } from '../condition/ConditionEditor'
import { faultsOf, type Fault } from '../condition/faults'
import { trafficWords } from '../traffic/i18n'
import { faulty, NamedFields } from '../traffic/parts'
import { ruleWords } from './i18n'
import { ACTION_KINDS, ENDING, inputOf, valuesOf, windowSlip, type RuleValues } from './rule-input'
import { RuleTrial } from './RuleTrial'
import { WindowsField } from './WindowsField'

interface Props {
  /** The rule to change, or `null` for a new one. */
  rule: CustomRule | null
  /** What a new one is called by. */
  number: number
  open: boolean
  busy: boolean
  error: unknown
  onSave: (input: CustomRuleInput) => void
  /** The rule is another one now. */
  onChange: () => void
  onClose: () => void
}

/** Makes or changes a custom rule. What the server finds wrong stands where it belongs. */
export function RuleForm({ rule, number, open, busy, error, onSave, onChange, onClose }: Props) {
  const words = useWords(ruleWords)
  const { toMend } = useWords(trafficWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<RuleValues>()
  const [touched, setTouched] = useState(false)
  const [telling, setTelling] = useState(false)
  const trial = useMutation({ mutationFn: (body: CustomRuleInput) => take(api.POST('/api/v1/gateway/rules/test', { body })) })
  const [tried, setTried] = useState('')
  const written = () => inputOf({ ...valuesOf(rule, number), ...form.getFieldsValue(true) })
  const attempt = () => {
    const values: RuleValues = { ...valuesOf(rule, number), ...form.getFieldsValue(true) }
    setTelling(true)
    if (!isSound(values.condition) || values.windows.some((window) => windowSlip(window) !== null)) return
    setTried(decisive(written()))
    trial.mutate(written())
  }
  const faults = faultsOf(error ?? trial.error)
  const at = (part: string) => faults?.find((fault) => fault.part === part)?.text
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
  }
  const save = (values: RuleValues) => {
    setTelling(true)
    if (isSound(values.condition) && values.windows.every((window) => windowSlip(window) === null)) onSave(inputOf(values))
  }
  const footer = (
    <div className="modal-actions">
      <Button onClick={close}>{common.cancel}</Button>
      <Button loading={trial.isPending} onClick={attempt} data-testid="rule-try">
        {words.attempt}
      </Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {common.save}
      </Button>
    </div>
  )
  return (
    <Drawer open={open} onClose={close} size={880} title={rule === null ? words.create : words.editTitle(rule.spec.name)} destroyOnHidden afterOpenChange={() => { setTouched(false); setTelling(false); trial.reset() }} footer={footer}>
      <Form<RuleValues> form={form} clearOnDestroy layout="vertical" initialValues={valuesOf(rule, number)} onValuesChange={() => { setTouched(true); onChange(); if (trial.isError) trial.reset() }} onFinish={() => save({ ...valuesOf(rule, number), ...form.getFieldsValue(true) })} onFinishFailed={() => setTelling(true)}>
        <NamedFields isOpen={open} nameFault={at('name')} />
        <Form.Item name="number" label={words.number} extra={words.numberHelp} rules={[{ required: true, message: common.required }]} {...faulty(at('number') && words.taken)}>
          <InputNumber min={0} max={4_294_967_295} precision={0} />
        </Form.Item>
        <Form.Item label={words.condition}>
          <Form.Item name="condition" noStyle>
            <ConditionEditor faults={faults ?? []} telling={telling} />
          </Form.Item>
        </Form.Item>
        <Form.Item name="windows" noStyle>
          <WindowsField faults={faults ?? []} telling={telling} />
        </Form.Item>
        <ActionFields fault={faults?.find((fault) => fault.part === 'action')} isOpen={open} />
        <ActionError error={error ?? trial.error} sentence={faults === null ? null : PLACED.test(faults[0]?.part ?? '') ? toMend : faults[0]?.text} />
        <Form.Item noStyle shouldUpdate>
          {() => trial.data && <RuleTrial trial={trial.data} stale={tried !== decisive(written())} />}
        </Form.Item>
      </Form>
    </Drawer>
  )
}

/** The part of a rule that decides what it meets. */
function decisive({ scope_id, condition, windows }: CustomRuleInput): string {
  return JSON.stringify([scope_id, condition, windows])
}

/** Parts of the form beside which a fault can stand. */
const PLACED = /^(name|number|condition|windows\[\d+\]|action)$/

/** What a header of an answer may be, as the server says it. */
const FRAMING = /^(connection|content-encoding|content-length|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,128}$/

function ActionFields({ fault, isOpen }: { fault: Fault | undefined; isOpen: boolean }) {
  const words = useWords(ruleWords)
  const { actions } = useWords(trafficWords)
  const { common } = useWords(shared)
  const kind = Form.useWatch<RuleValues['action'] | undefined>('action')
  const limits = useQuery({ queryKey: ['gateway', 'limits', 'choice'], queryFn: () => take(api.GET('/api/v1/gateway/limits', { params: { query: { limit: 500 } } })), enabled: isOpen && kind === 'limit' })
  const onDemand = limits.data?.items.filter((limit) => limit.spec.on_demand) ?? []
  const required = { required: true, whitespace: true, message: common.required }
  const wrong = faulty(fault?.text)
  return (
    <>
      <Form.Item name="action" label={words.action} extra={kind && `${words.actionHelp[kind] ?? ''} ${ENDING.includes(kind) ? words.ending : words.goingOn}`} {...(kind && HAS_FIELD.test(kind) ? {} : wrong)}>
        <Select options={ACTION_KINDS.map((value) => ({ value, label: actions[value] ?? value }))} style={{ maxWidth: '16rem' }} />
      </Form.Item>
      {kind === 'redirect' && (
        <Form.Item name="redirect" label={words.redirect} rules={[required, { pattern: /^(https?:\/\/[A-Za-z0-9[]|\/(?![/\\]))[\x21-\x7e]*$/, message: words.badRedirect }]} validateTrigger="onBlur" {...wrong}>
          <Input maxLength={2048} spellCheck={false} placeholder="/notice" />
        </Form.Item>
      )}
      {kind === 'limit' && (
        <Form.Item name="limit" label={words.limit} extra={limits.data && onDemand.length === 0 ? words.noLimit : words.limitHelp} rules={[required]} {...wrong}>
          <Select options={onDemand.map((limit) => ({ value: limit.spec.name, label: limit.spec.name }))} />
        </Form.Item>
      )}
      {kind === 'tag' && (
        <Form.Item name="tag" label={words.tag} rules={[required, { validator: (_rule, text?: string) => (new TextEncoder().encode(text ?? '').length > 64 ? Promise.reject(new Error(words.badTag)) : Promise.resolve()) }]} validateTrigger="onBlur" {...wrong}>
          <Input maxLength={64} />
        </Form.Item>
      )}
      {kind === 'set_header' && (
        <div className="form-pair">
          <Form.Item name="header_name" label={words.headerName} rules={[required, { validator: (_rule, text?: string) => (text && (!TOKEN.test(text.trim()) || FRAMING.test(text.trim())) ? Promise.reject(new Error(words.badHeader)) : Promise.resolve()) }]} validateTrigger="onBlur" {...wrong}>
            <Input maxLength={128} spellCheck={false} placeholder="Cache-Control" />
          </Form.Item>
          <Form.Item name="header_value" label={words.headerValue} rules={[{ pattern: /^[\x20-\x7e]*$/, message: words.badHeaderValue }]} validateTrigger="onBlur">
            <Input maxLength={1024} spellCheck={false} placeholder="no-store" />
          </Form.Item>
        </div>
      )}
    </>
  )
}

/** Actions with a field of their own, beside which a fault stands. */
const HAS_FIELD = /^(redirect|limit|tag|set_header)$/
