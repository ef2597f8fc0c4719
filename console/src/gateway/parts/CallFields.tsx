import { Form, InputNumber, Radio, Select } from 'antd'
import { useWords } from '../../i18n'
import { MAX_BODY_KIB, type SettingsValues } from '../settings-input'
import { doorWords } from './i18n'
import { useGuardChoices, useSchemaChoices } from './useChoices'

interface Props {
  /** What an open field means. */
  open: string
  inherits: boolean
}

/** Who has to sign in first, and which interface calls are held against. */
export function CallFields({ open, inherits }: Props) {
  const words = useWords(doorWords)
  const guards = useGuardChoices()
  const schemas = useSchemaChoices()
  const guard = Form.useWatch<string | null | undefined>('guard_id')
  const schema = Form.useWatch<string | null | undefined>('schema_id')
  const mode = Form.useWatch<SettingsValues['api_mode'] | undefined>('api_mode')
  // Said once, it can be read wherever it is said.
  const without = (chosen: string | null | undefined) => (inherits || chosen === '' ? [{ value: '', label: words.without }] : [])
  return (
    <>
      <Form.Item name="guard_id" label={words.guard} extra={words.guardHelp}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={[{ value: null, label: open }, ...without(guard), ...guards]} />
      </Form.Item>
      <Form.Item name="schema_id" label={words.calls} extra={words.callsHelp}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={[{ value: null, label: open }, ...without(schema), ...schemas]} />
      </Form.Item>
      <Form.Item name="api_mode" label={words.apiMode} extra={mode && words.apiModeHelp[mode]}>
        <Radio.Group optionType="button" options={[{ value: null, label: open }, ...(['observe', 'enforce'] as const).map((value) => ({ value, label: words.apiModeNames[value] }))]} />
      </Form.Item>
      <Form.Item name="refuse_unknown_parameters" label={words.unknownParameters} extra={words.unknownParametersHelp}>
        <Radio.Group optionType="button" options={[{ value: null, label: open }, { value: true, label: words.yes }, { value: false, label: words.no }]} />
      </Form.Item>
      <Form.Item name="max_body_kib" label={words.maxBody} extra={words.maxBodyHelp}>
        <InputNumber min={0.001} max={MAX_BODY_KIB} step={64} placeholder={open} style={{ width: '12rem' }} />
      </Form.Item>
    </>
  )
}
