import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Radio, Select } from 'antd'
import { shared, useWords } from '../../i18n'
import { gatewayWords } from '../i18n'
import { policyWords } from '../policy/i18n'
import type { SettingsValues } from '../settings-input'
import { AnswerFields } from './AnswerFields'
import { CallFields } from './CallFields'
import { DoorFields } from './DoorFields'
import { TlsFields } from './TlsFields'

/** Fields of [`Settings`]; each can be left open, and is inherited then. */
export function SettingsFields({ inherits }: { inherits: boolean }) {
  const words = useWords(policyWords).settings
  const objects = useWords(gatewayWords).objects
  const { mode: modeNames } = useWords(shared)
  const chosen = Form.useWatch<SettingsValues['mode'] | undefined>('mode')
  const policy = Form.useWatch<SettingsValues['policy'] | undefined>('policy')
  const challenge = Form.useWatch<SettingsValues['challenge'] | undefined>('challenge')
  const open = inherits ? words.inherit : words.byDefault
  const modes = [{ value: null, label: open }, ...(['block', 'observe', 'bypass'] as const).map((value) => ({ value, label: modeNames[value] }))]
  const stances = [{ value: null, label: open }, { value: 'pass', label: objects.onErrorPass }, { value: 'block', label: objects.onErrorBlock }]
  return (
    <>
      <Form.Item name="mode" label={words.mode} extra={chosen && objects.modeHelp[chosen]}>
        <Radio.Group optionType="button" options={modes} />
      </Form.Item>
      <Form.Item name="policy" label={words.policy} extra={policy && objects.policyHelp[policy]}>
        <Select allowClear placeholder={open} options={(['balanced', 'strict', 'observe', 'crs'] as const).map((value) => ({ value, label: objects.policyNames[value] }))} />
      </Form.Item>
      {policy === 'crs' && (
        <>
          <OpenNumber name="paranoia_level" label={words.paranoia_level} open={open} min={1} max={4} />
          <OpenNumber name="detection_paranoia_level" label={words.detection_paranoia_level} open={open} min={1} max={4} />
        </>
      )}
      <OpenNumber name="threshold_in" label={words.threshold_in} help={words.thresholdHelp} open={open} min={1} max={1000} />
      <OpenNumber name="threshold_out" label={words.threshold_out} open={open} min={1} max={1000} />
      <Form.Item name="on_error" label={words.on_error}>
        <Radio.Group optionType="button" options={stances} />
      </Form.Item>
      <Form.Item name="challenge" label={words.challenge} extra={challenge && words.challengeHelp[challenge]}>
        <Radio.Group optionType="button" options={[{ value: null, label: open }, ...(['asked', 'always'] as const).map((value) => ({ value, label: words.challengeNames[value] }))]} />
      </Form.Item>
      <OpenNumber name="inspect_limit_kib" label={objects.inspectLimit} help={objects.inspectLimitHelp} open={open} min={0} max={16_384} step={64} />
      <CallFields open={open} inherits={inherits} />
      <DoorFields open={open} />
      <AnswerFields open={open} />
      <TlsFields open={open} />
      <RuleSwitches />
      <Form.Item name="rich_text" label={words.rich_text} extra={words.richTextHelp}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder="ARGS:content" tokenSeparators={[',', ' ']} />
      </Form.Item>
      <Form.Item name="secrets" label={words.secrets} extra={words.secretsHelp}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder="zjhm" tokenSeparators={[',', ' ']} />
      </Form.Item>
      <Form.Item name="keep_requests" label={words.keep_requests} extra={words.keepRequestsHelp}>
        <Radio.Group optionType="button" options={[{ value: null, label: open }, { value: true, label: words.kept }, { value: false, label: words.notKept }]} />
      </Form.Item>
    </>
  )
}

interface OpenNumberProps {
  name: keyof SettingsValues
  label: string
  help?: string
  /** What an empty field means. */
  open: string
  min: number
  max: number
  step?: number
}

function OpenNumber({ name, label, help, open, min, max, step }: OpenNumberProps) {
  return (
    <Form.Item name={name} label={label} extra={help}>
      <InputNumber min={min} max={max} step={step} precision={0} placeholder={open} style={{ width: '12rem' }} />
    </Form.Item>
  )
}

/** Single rules that do something else here. */
function RuleSwitches() {
  const words = useWords(policyWords).settings
  const { common } = useWords(shared)
  const states = (['off', 'record', 'on'] as const).map((value) => ({ value, label: words.switchNames[value] }))
  return (
    <Form.Item label={words.rules} extra={words.rulesHelp}>
      <Form.List name="rules">
        {(fields, { add, remove }) => (
          <div className="stacked">
            {fields.map((field) => (
              <span key={field.key} className="row-actions">
                <Form.Item name={[field.name, 'rule']} noStyle rules={[{ required: true, message: common.required }]}>
                  <Input maxLength={256} spellCheck={false} placeholder="MW-SQLI-001" aria-label={words.rule} />
                </Form.Item>
                <Form.Item name={[field.name, 'state']} noStyle>
                  <Select options={states} style={{ width: '9rem' }} aria-label={words.switch} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={common.remove} onClick={() => remove(field.name)} />
              </span>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({ rule: '', state: 'off' })}>
              {words.addRule}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  )
}
