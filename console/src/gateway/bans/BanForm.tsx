import { Form, Input, InputNumber, Modal, Radio } from 'antd'
import { Problem } from '../../api/problem'
import type { BanInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import type { BanDraft } from '../../kit/ban-link'
import { ActionError } from '../../kit/states'
import { isAddressOrBlock } from '../condition/tree'
import { faulty } from '../traffic/parts'
import { banWords } from './i18n'

/** Lengths that are offered, minutes; 0 stands for another one. */
const PRESETS = [10, 60, 1440, 10_080, 0] as const
const MAX_MINUTES = 365 * 24 * 60

interface Values {
  address: string
  preset: number
  minutes: number
  reason: string
}

interface Props {
  open: boolean
  /** Whom an event's evidence led here. */
  draft: BanDraft | null
  busy: boolean
  error: unknown
  onBan: (input: BanInput) => void
  /** It is about somebody else now. */
  onChange: () => void
  onClose: () => void
}

/** Bans an address by hand, for a while and for a reason. */
export function BanForm({ open, draft, busy, error, onBan, onChange, onClose }: Props) {
  const words = useWords(banWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<Values>()
  const fault = faultOf(error, words.faults)
  const found = (field: string) => faulty(fault?.field === field ? fault.sentence : undefined)
  const initial: Values = { address: draft?.address ?? '', preset: 60, minutes: 60, reason: draft && draft.request !== '' ? words.reasonOf(draft.request) : '' }
  const looksRight = (_rule: unknown, text?: string) => (text && !(isAddressOrBlock(text) && !text.includes('-')) ? Promise.reject(new Error(words.faults.address)) : Promise.resolve())
  const required = { required: true, whitespace: true, message: common.required }
  return (
    <Modal open={open} title={words.create} onCancel={onClose} okText={words.create} cancelText={common.cancel} okButtonProps={{ danger: true, loading: busy }} onOk={() => form.submit()} destroyOnHidden>
      <Form<Values> form={form} clearOnDestroy layout="vertical" initialValues={initial} onValuesChange={onChange} onFinish={({ address, preset, minutes, reason }) => onBan({ address: address.trim(), minutes: preset === 0 ? minutes : preset, reason: reason.trim() })}>
        <Form.Item name="address" label={words.address} extra={words.addressHelp} rules={[required, { validator: looksRight }]} validateTrigger="onBlur" {...found('address')}>
          <Input maxLength={64} autoComplete="off" spellCheck={false} placeholder="203.0.113.9" />
        </Form.Item>
        <Form.Item name="preset" label={words.minutes} extra={words.isForever} {...found('minutes')}>
          <Radio.Group optionType="button" options={PRESETS.map((value) => ({ value, label: words.presets[value] ?? '' }))} />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(before: Values, after: Values) => before.preset !== after.preset}>
          {() =>
            form.getFieldValue('preset') === 0 && (
              <Form.Item name="minutes" label={words.ownMinutes} rules={[{ required: true, message: common.required }]}>
                <InputNumber min={1} max={MAX_MINUTES} precision={0} />
              </Form.Item>
            )
          }
        </Form.Item>
        <Form.Item name="reason" label={words.reason} extra={words.reasonHelp} rules={[required]} {...found('reason')}>
          <Input.TextArea maxLength={300} autoSize={{ minRows: 2, maxRows: 4 }} />
        </Form.Item>
        <ActionError error={error} sentence={fault?.sentence} />
      </Form>
    </Modal>
  )
}

type Faults = (typeof banWords)['zh']['faults']

/** Why the server does not ban, by what its sentence holds. */
export function faultOf(error: unknown, words: Faults): { field: string; sentence: string } | null {
  if (!(error instanceof Problem) || error.code !== 'GTW-0302') return null
  const field = typeof error.args.field === 'string' ? error.args.field : ''
  const { detail } = error
  const wide = /may be \/(\d+) at most/.exec(detail)
  const known: [boolean, string][] = [
    [wide !== null, words.tooWide(wide?.[1] ?? '')],
    [detail.includes('your own address'), words.own],
    [detail.includes('this machine'), words.machine],
    [detail.includes('an administrator'), words.administrator],
    [detail.includes('a trusted proxy'), words.spared],
    [field === 'address', words.address],
    [field === 'minutes', words.minutes],
    [field === 'reason', words.reason],
  ]
  const sentence = known.find(([is]) => is)?.[1]
  return sentence === undefined ? null : { field, sentence }
}
