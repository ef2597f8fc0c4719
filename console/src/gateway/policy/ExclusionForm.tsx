import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Drawer, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { RuleExclusionInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import type { ExclusionDraft } from '../../kit/exclusion-link'
import { ActionError } from '../../kit/states'
import { useScopes } from '../parts/useScopes'
import { ExclusionPreview } from './ExclusionPreview'
import { policyWords } from './i18n'

const DAYS = [7, 30, 90, 365] as const
const DAY_US = 86_400_000_000

interface Props {
  open: boolean
  /** What an event's evidence led here with. */
  draft: ExclusionDraft | null
  busy: boolean
  error: unknown
  onSave: (input: RuleExclusionInput) => void
  onClose: () => void
}

interface Values {
  scope_id: string
  rule: string
  parameter: string
  path: string
  days: number | null
  reason: string
}

/** The next midnight here, µs: who asks for the same exclusion twice on one day asks for the same. */
function endOfToday(): number {
  return new Date().setHours(24, 0, 0, 0) * 1000
}

/** Makes an exclusion, and shows first what it would let through. */
export function ExclusionForm({ open, draft, busy, error, onSave, onClose }: Props) {
  const words = useWords(policyWords).exclusions
  const { common } = useWords(shared)
  const [form] = Form.useForm<Values>()
  const scopes = useScopes(open)
  const preview = useMutation({ mutationFn: (body: RuleExclusionInput) => take(api.POST('/api/v1/gateway/exclusions/preview', { body })) })
  const [tried, setTried] = useState('')
  // The object of an old event may have another name now, or be gone.
  const lost = scopes !== undefined && draft !== null && !scopes.some((scope) => scope.name === draft.object && scope.kind === 'object')
  const named = scopes?.find((scope) => scope.name === draft?.object && scope.kind === 'object')
  const initial: Partial<Values> = { scope_id: named?.value, rule: draft?.rule, parameter: draft?.parameter, path: draft?.path, days: 90 }
  const input = (values: Values): RuleExclusionInput => ({
    scope_id: values.scope_id,
    rule: values.rule.trim(),
    parameter: values.parameter?.trim() || null,
    path: values.path?.trim() || null,
    expires_at: values.days ? endOfToday() + values.days * DAY_US : null,
    reason: values.reason ?? '',
    request_id: draft?.request || null,
  })
  const attempt = async () => {
    const values = { ...form.getFieldsValue(true), ...(await form.validateFields(['scope_id', 'rule', 'parameter', 'path'])) } as Values
    setTried(JSON.stringify(scopeOf(values)))
    preview.mutate(input(values))
  }
  const footer = (
    <div className="modal-actions">
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button loading={preview.isPending} onClick={() => { attempt().catch(() => undefined) }} data-testid="exclusion-try">
        {words.attempt}
      </Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {common.save}
      </Button>
    </div>
  )
  if (open && scopes === undefined) return null
  return (
    <Drawer open={open} onClose={onClose} size={720} title={words.create} destroyOnHidden afterOpenChange={(shown) => { preview.reset(); if (shown && draft && !lost) attempt().catch(() => undefined) }} footer={footer}>
      <Form<Values> form={form} clearOnDestroy layout="vertical" initialValues={initial} onFinish={(values) => onSave(input({ ...form.getFieldsValue(true), ...values }))}>
        {lost && <Alert type="warning" showIcon title={words.lostObject(draft?.object ?? '')} />}
        <Form.Item name="scope_id" label={words.scope} extra={words.scopeHelp} rules={[{ required: true, message: common.required }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={scopes ?? []} />
        </Form.Item>
        <div className="form-pair">
        <Form.Item name="rule" label={words.rule} extra={words.ruleHelp} rules={[{ required: true, message: common.required }]}>
          <Input maxLength={256} autoComplete="off" />
        </Form.Item>
        <Form.Item name="parameter" label={words.parameter} extra={words.parameterHelp}>
          <Input maxLength={256} autoComplete="off" placeholder={words.everywhere} />
        </Form.Item>
        </div>
        <div className="form-pair">
        <Form.Item name="path" label={words.path} extra={words.pathHelp}>
          <Input maxLength={500} autoComplete="off" placeholder={words.everywhere} />
        </Form.Item>
        <Form.Item name="days" label={words.ends}>
          <Select allowClear placeholder={words.never} options={DAYS.map((days) => ({ value: days, label: words.days(days) }))} />
        </Form.Item>
        </div>
        <Form.Item name="reason" label={words.reason} extra={words.reasonHelp} rules={[{ required: true, whitespace: true, message: common.required }]}>
          <Input.TextArea maxLength={300} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
        <ActionError error={error} />
        <ActionError error={preview.error} />
        <Form.Item noStyle shouldUpdate>
          {() => preview.data && <ExclusionPreview preview={preview.data} stale={tried !== JSON.stringify(scopeOf(form.getFieldsValue(true) as Values))} />}
        </Form.Item>
      </Form>
    </Drawer>
  )
}

/** The part of the form that decides what passes. */
function scopeOf({ scope_id, rule, parameter, path }: Values) {
  return [scope_id, rule, parameter, path]
}
