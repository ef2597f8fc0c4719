import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { ProtectedObject, ProtectedObjectInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { gatewayWords } from '../i18n'
import { firstBadHost, firstBadUpstream, inputOf, valuesOf, type FormValues } from '../object-input'
import { SettingsFields } from './SettingsFields'

interface ObjectFormProps {
  /** The object to change, or `null` for a new one. */
  object: ProtectedObject | null
  open: boolean
  busy: boolean
  error: unknown
  onSave: (input: ProtectedObjectInput) => void
  onClose: () => void
}

/** Creates or changes a protected object. A closed form with changes in it asks first. */
export function ObjectForm({ object, open, busy, error, onSave, onClose }: ObjectFormProps) {
  const words = useWords(gatewayWords).objects
  const { common } = useWords(shared)
  const [form] = Form.useForm<FormValues>()
  const [touched, setTouched] = useState(false)
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
  }
  return (
    <Drawer
      open={open}
      onClose={close}
      size={600}
      title={object === null ? words.createTitle : words.editTitle(object.spec.name)}
      destroyOnHidden
      afterOpenChange={() => setTouched(false)}
      footer={
        <div className="modal-actions">
          <Button onClick={close}>{common.cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {common.save}
          </Button>
        </div>
      }
    >
      <Form<FormValues> form={form} clearOnDestroy layout="vertical" initialValues={valuesOf(object)} onValuesChange={() => setTouched(true)} onFinish={() => onSave(inputOf({ ...valuesOf(object), ...form.getFieldsValue(true) }))}>
        <ObjectFields />
        <SettingsFields inherits />
        <ActionError error={error} />
      </Form>
    </Drawer>
  )
}

function ObjectFields() {
  const words = useWords(gatewayWords).objects
  const { common } = useWords(shared)
  const groups = useQuery({ queryKey: ['gateway', 'groups', 'choice'], queryFn: () => take(api.GET('/api/v1/gateway/groups', { params: { query: { limit: 500 } } })) })
  const choices = groups.data?.items.map((group) => ({ value: group.id, label: group.spec.name }))
  const required = { required: true, message: common.required }
  return (
    <>
      <Form.Item name="name" label={words.name} rules={[required]} validateTrigger="onBlur">
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item name="group_id" label={words.group} extra={words.groupHelp}>
        <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={words.noGroup} options={choices ?? []} />
      </Form.Item>
      <Form.Item name="hosts" label={words.hosts} extra={words.hostsHelp} validateTrigger="onBlur" rules={[required, { validator: (_rule, text?: string) => refuse(firstBadHost(text ?? ''), words.badHost) }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} spellCheck={false} placeholder="his.example.cn" />
      </Form.Item>
      <Form.Item name="path_prefix" label={words.pathPrefix} validateTrigger="onBlur" rules={[required, { pattern: /^\//, message: words.badPath }]}>
        <Input maxLength={256} spellCheck={false} />
      </Form.Item>
      <Form.Item name="upstreams" label={words.upstreams} extra={words.upstreamsHelp} validateTrigger="onBlur" rules={[required, { validator: (_rule, text?: string) => refuse(firstBadUpstream(text ?? ''), words.badUrl) }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} spellCheck={false} placeholder="http://10.0.0.8:8080" />
      </Form.Item>
      <Form.Item name="health_path" label={words.healthPath} extra={words.healthPathHelp} validateTrigger="onBlur" rules={[{ pattern: /^\//, message: words.badPath }]}>
        <Input maxLength={256} spellCheck={false} placeholder="/health" />
      </Form.Item>
    </>
  )
}

function refuse(bad: string | null, sentence: (bad: string) => string): Promise<void> {
  return bad === null ? Promise.resolve() : Promise.reject(new Error(sentence(bad)))
}
