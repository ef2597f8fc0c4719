import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Select } from 'antd'
import { useState, type ReactNode } from 'react'
import { api, take } from '../../api/client'
import type { ObjectGroup, ObjectGroupInput, PolicyTemplate, PolicyTemplateInput, Settings } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { policyWords } from '../policy/i18n'
import { settingsOf, settingsValues, type SettingsValues } from '../settings-input'
import { SettingsFields } from './SettingsFields'

interface FormProps<T, I> {
  /** What to change, or `null` for a new one. */
  item: T | null
  open: boolean
  busy: boolean
  error: unknown
  onSave: (input: I) => void
  onClose: () => void
}

interface Values extends SettingsValues {
  name: string
  description: string
  template_id: string | null
}

/** Creates or changes a group of objects. */
export function GroupForm(props: FormProps<ObjectGroup, ObjectGroupInput>) {
  const words = useWords(policyWords).groups
  const templates = useQuery({
    queryKey: ['gateway', 'templates', 'choice'],
    queryFn: () => take(api.GET('/api/v1/gateway/templates', { params: { query: { limit: 500 } } })),
    enabled: props.open,
  })
  const choices = templates.data?.items.map((template) => ({ value: template.id, label: template.spec.name }))
  const spec = props.item?.spec
  return (
    <SettingsDrawer
      {...props}
      title={spec ? words.editTitle(spec.name) : words.createGroup}
      values={valuesOf(spec, spec?.template_id ?? null)}
      onSave={(values) => props.onSave({ ...named(values), template_id: values.template_id ?? null })}
      inherits
    >
      <Form.Item name="template_id" label={words.template} extra={words.templateHelp}>
        <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={words.noTemplate} options={choices ?? []} />
      </Form.Item>
    </SettingsDrawer>
  )
}

/** Creates or changes a template. */
export function TemplateForm(props: FormProps<PolicyTemplate, PolicyTemplateInput>) {
  const words = useWords(policyWords).groups
  const spec = props.item?.spec
  return <SettingsDrawer {...props} title={spec ? words.editTitle(spec.name) : words.createTemplate} values={valuesOf(spec, null)} onSave={(values) => props.onSave(named(values))} inherits={false} />
}

function valuesOf(spec: { name: string; description?: string; settings?: Settings } | undefined, template_id: string | null): Values {
  return { name: spec?.name ?? '', description: spec?.description ?? '', template_id, ...settingsValues(spec?.settings) }
}

function named(values: Values) {
  return { name: values.name.trim(), description: values.description.trim(), settings: settingsOf(values) }
}

interface DrawerProps {
  title: string
  values: Values
  open: boolean
  busy: boolean
  error: unknown
  inherits: boolean
  onSave: (values: Values) => void
  onClose: () => void
  children?: ReactNode
}

function SettingsDrawer({ title, values, open, busy, error, inherits, onSave, onClose, children }: DrawerProps) {
  const words = useWords(policyWords).groups
  const { common } = useWords(shared)
  const [form] = Form.useForm<Values>()
  const [touched, setTouched] = useState(false)
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
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
    <Drawer open={open} onClose={close} size={600} title={title} destroyOnHidden afterOpenChange={() => setTouched(false)} footer={footer}>
      <Form<Values> form={form} clearOnDestroy layout="vertical" initialValues={values} onValuesChange={() => setTouched(true)} onFinish={() => onSave({ ...values, ...form.getFieldsValue(true) })}>
        <Form.Item name="name" label={words.name} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        <Form.Item name="description" label={words.description}>
          <Input.TextArea maxLength={300} autoSize={{ minRows: 1, maxRows: 4 }} />
        </Form.Item>
        {children}
        <SettingsFields inherits={inherits} />
        <ActionError error={error} />
      </Form>
    </Drawer>
  )
}
