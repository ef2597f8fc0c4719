import { Form, Input, InputNumber, Radio, Select } from 'antd'
import { useWords } from '../../i18n'
import { SCENARIOS } from '../condition/fields'
import { conditionWords } from '../condition/i18n'
import type { SettingsValues } from '../settings-input'
import { doorWords } from './i18n'

/** Fields of what people do here, who is let in (programs, the waiting room) and of what answers must not carry out. */
export function DoorFields({ open }: { open: string }) {
  const words = useWords(doorWords)
  const conditions = useWords(conditionWords)
  const bots = Form.useWatch<SettingsValues['bots'] | undefined>('bots')
  const walks = Form.useWatch<SettingsValues['walks'] | undefined>('walks')
  const active = Form.useWatch<number | null | undefined>('room_active')
  const yesOrNo = [{ value: null, label: open }, { value: true, label: words.yes }, { value: false, label: words.no }]
  const masks = [['mask_identity_numbers', words.identity], ['mask_mobile_numbers', words.mobile], ['mask_bank_cards', words.bank]] as const
  return (
    <>
      <Form.Item name="scenario" label={conditions.fields.scenario} extra={words.scenarioHelp}>
        <Select options={[{ value: null, label: open }, ...SCENARIOS.map((value) => ({ value, label: conditions.choices[value] }))]} />
      </Form.Item>
      <Form.Item name="bots" label={words.bots} extra={bots && words.botHelp[bots]}>
        <Select options={[{ value: null, label: open }, ...(['off', 'observe', 'challenge', 'block'] as const).map((value) => ({ value, label: words.botNames[value] }))]} />
      </Form.Item>
      <Form.Item name="walk_rest" hidden>
        <Input />
      </Form.Item>
      <Form.Item name="walks" label={words.walks} extra={walks && words.walkHelp[walks]}>
        <Select options={[{ value: null, label: open }, ...(['off', 'record', 'challenge', 'refuse', 'ban'] as const).map((value) => ({ value, label: words.walkNames[value] }))]} />
      </Form.Item>
      {walks && walks !== 'off' && (
        <Form.Item name="walk_arguments" label={words.walkArguments} extra={words.walkArgumentsHelp}>
          <Select mode="tags" open={false} suffixIcon={null} placeholder="report_no" tokenSeparators={[',', ' ']} />
        </Form.Item>
      )}
      <Form.Item name="room_active" label={words.room} extra={words.roomHelp}>
        <InputNumber min={0} max={1_000_000} precision={0} placeholder={open} style={{ width: '12rem' }} />
      </Form.Item>
      {typeof active === 'number' && active > 0 && (
        <>
          <Form.Item name="room_pace" label={words.roomPace}>
            <InputNumber min={1} max={100_000} precision={0} placeholder="10" style={{ width: '12rem' }} />
          </Form.Item>
          <Form.Item name="room_waiting" label={words.roomWaiting}>
            <InputNumber min={1} max={200_000} precision={0} placeholder="10000" style={{ width: '12rem' }} />
          </Form.Item>
        </>
      )}
      {masks.map(([name, label], index) => (
        <Form.Item key={name} name={name} label={`${words.mask}: ${label}`} extra={index === masks.length - 1 ? words.maskHelp : undefined}>
          <Radio.Group optionType="button" options={yesOrNo} />
        </Form.Item>
      ))}
      <Form.Item name="hide_errors" label={words.hide} extra={words.hideHelp}>
        <Radio.Group optionType="button" options={yesOrNo} />
      </Form.Item>
    </>
  )
}
