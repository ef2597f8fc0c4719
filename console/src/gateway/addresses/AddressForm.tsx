import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { AddressGroup, AddressGroupInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError, Loaded } from '../../kit/states'
import { faultsOf } from '../condition/faults'
import { trafficWords } from '../traffic/i18n'
import { faulty } from '../traffic/parts'
import { areSound, EntriesField } from './EntriesField'
import { addressWords } from './i18n'

interface Values {
  name: string
  description: string
  purpose: NonNullable<AddressGroupInput['purpose']>
  source: 'list' | 'file'
  /** `null` while they are as they were. */
  entries: string | null
  file: string
}

const PURPOSES = ['allow', 'allow_uninspected', 'block', 'rules'] as const

interface Props {
  /** The group to change, or `null` for a new one. */
  group: AddressGroup | null
  open: boolean
  busy: boolean
  error: unknown
  onSave: (input: AddressGroupInput) => void
  /** The group is another one now. */
  onChange: () => void
  onClose: () => void
}

function valuesOf(group: AddressGroup | null): Values {
  const spec = group?.spec
  return { name: spec?.name ?? '', description: spec?.description ?? '', purpose: spec?.purpose ?? 'allow', source: spec?.file ? 'file' : 'list', entries: null, file: spec?.file ?? '' }
}

/** Entries that are not named stay as they are. */
function inputOf(values: Values, group: AddressGroup | null): AddressGroupInput {
  const input: AddressGroupInput = { name: values.name.trim(), description: values.description.trim(), purpose: values.purpose }
  if (values.source === 'file') input.file = values.file.trim()
  else if (values.entries !== null) input.entries = values.entries
  else if (!group?.spec.list) input.entries = ''
  return input
}

/** Makes or changes a group of addresses. */
export function AddressForm({ group, open, busy, error, onSave, onChange, onClose }: Props) {
  const words = useWords(addressWords)
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<Values>()
  const [touched, setTouched] = useState(false)
  const faults = faultsOf(error)
  const at = (part: string) => faults?.find((fault) => fault.part === part)?.text
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
  }
  const save = async () => {
    const values = { ...valuesOf(group), ...form.getFieldsValue(true) } as Values
    // What is wrong stands beside the entries.
    if (values.source === 'list' && values.entries !== null && !(await areSound(values.entries))) return
    onSave(inputOf(values, group))
  }
  const tooLong = (_rule: unknown, text?: string) => (new TextEncoder().encode(text ?? '').length > 64 ? Promise.reject(new Error(traffic.longName)) : Promise.resolve())
  const footer = (
    <div className="modal-actions">
      <Button onClick={close}>{common.cancel}</Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {common.save}
      </Button>
    </div>
  )
  return (
    <Drawer open={open} onClose={close} size={640} title={group === null ? words.create : words.editTitle(group.spec.name)} destroyOnHidden afterOpenChange={() => setTouched(false)} footer={footer}>
      <Form<Values> form={form} clearOnDestroy layout="vertical" initialValues={valuesOf(group)} onValuesChange={() => { setTouched(true); onChange() }} onFinish={() => { save().catch(() => undefined) }}>
        <Form.Item name="name" label={traffic.name} rules={[{ required: true, whitespace: true, message: common.required }, { validator: tooLong }]} validateTrigger="onBlur" {...faulty(at('name'))}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        <Form.Item name="description" label={traffic.description}>
          <Input maxLength={300} autoComplete="off" />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(before: Values, after: Values) => before.purpose !== after.purpose}>
          {() => (
            <Form.Item name="purpose" label={words.purpose} extra={words.purposeHelp[form.getFieldValue('purpose') as Values['purpose']]}>
              <Radio.Group optionType="button" options={PURPOSES.map((value) => ({ value, label: words.purposes[value] }))} />
            </Form.Item>
          )}
        </Form.Item>
        <Form.Item name="source" label={words.source}>
          <Radio.Group optionType="button" options={(['list', 'file'] as const).map((value) => ({ value, label: words.sources[value] }))} />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(before: Values, after: Values) => before.source !== after.source}>
          {() =>
            form.getFieldValue('source') === 'file' ? (
              <Form.Item name="file" label={words.file} extra={words.fileHelp} rules={[{ required: true, message: common.required }, { pattern: /^(?!\.)[A-Za-z0-9._-]{1,128}$/, message: words.badFile }]} validateTrigger="onBlur" {...faulty(at('file'))}>
                <Input maxLength={128} spellCheck={false} placeholder="inside.txt" />
              </Form.Item>
            ) : (
              <StoredEntries group={group} fault={at('entries') ?? at('list')} />
            )
          }
        </Form.Item>
        <ActionError error={error} sentence={faults === null ? null : /^(name|file|entries|list)$/.test(faults[0]?.part ?? '') ? traffic.toMend : faults[0]?.text} />
      </Form>
    </Drawer>
  )
}

/** The field of the entries, once those that are stored are here. */
function StoredEntries({ group, fault }: { group: AddressGroup | null; fault: string | undefined }) {
  const words = useWords(addressWords)
  const has = group !== null && group.spec.list != null
  const id = group?.id ?? ''
  const stored = useQuery({
    queryKey: ['gateway', 'address-entries', id, group?.spec.list ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/address-groups/{id}/entries', { params: { path: { id } } })),
    enabled: has,
    staleTime: Number.POSITIVE_INFINITY, // its key is the digest of what it says
  })
  const field = (text: string) => (
    <Form.Item label={words.entries} extra={words.entriesHelp} {...faulty(fault)}>
      <Form.Item name="entries" noStyle>
        <EntriesField stored={text} name={group?.spec.name ?? ''} />
      </Form.Item>
    </Form.Item>
  )
  return has ? <Loaded query={stored}>{(data) => field(data.entries)}</Loaded> : field('')
}
