import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, DatePicker, Form, Select } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useWords } from '../../i18n'
import type { Fault } from '../condition/faults'
import { ruleWords } from './i18n'
import { WEEKDAYS, windowSlip, windowValues, type WindowValues } from './rule-input'

interface Props {
  value?: WindowValues[]
  onChange?: (windows: WindowValues[]) => void
  faults: readonly Fault[]
  telling: boolean
}

/** Windows that one rule may have. */
const MOST = 16

/** When a rule applies: weekdays, hours, days, holidays. */
export function WindowsField({ value = [], onChange, faults, telling }: Props) {
  const words = useWords(ruleWords)
  const set = (at: number, change: Partial<WindowValues>) => onChange?.(value.map((window, index) => (index === at ? { ...window, ...change } : window)))
  return (
    <Form.Item label={words.windows} extra={words.windowsHelp}>
      {value.map((window, at) => {
        const slip = telling ? windowSlip(window) : null
        const found = faults.filter((fault) => fault.part === `windows[${at}]`).map((fault) => fault.text)
        const notes = slip === null ? found : [words.slips[slip]]
        return (
          // oxlint-disable-next-line react/no-array-index-key -- a window is nothing but its values, and keeps no state here
          <WindowRow key={at} label={`${words.windows} ${at + 1}`} window={window} notes={notes} onChange={(change) => set(at, change)} onRemove={() => onChange?.(value.filter((_, index) => index !== at))} />
        )
      })}
      {value.length < MOST && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...value, windowValues()])}>
          {words.addWindow}
        </Button>
      )}
    </Form.Item>
  )
}

interface RowProps {
  label: string
  window: WindowValues
  /** What is wrong with it. */
  notes: string[]
  onChange: (change: Partial<WindowValues>) => void
  onRemove: () => void
  /** What else belongs to the window. */
  children?: ReactNode
}

/** One window, with what is wrong with it below. */
export function WindowRow({ label, window, notes, onChange, onRemove, children }: RowProps) {
  const words = useWords(ruleWords)
  return (
    <div>
      <div className="window-row" role="group" aria-label={label}>
        {children}
        <Select
          mode="multiple"
          aria-label={words.weekdays}
          placeholder={words.everyDay}
          value={window.weekdays}
          options={WEEKDAYS.map((day) => ({ value: day, label: words.days[day] ?? day }))}
          onChange={(weekdays: string[]) => onChange({ weekdays: WEEKDAYS.filter((day) => weekdays.includes(day)) })}
          className="window-days"
        />
        <Moment type="time" label={words.from} value={window.from} onChange={(from) => onChange({ from })} />
        <Moment type="time" label={words.to} value={window.to} onChange={(to) => onChange({ to })} />
        <Moment type="date" label={words.firstDay} value={window.first_day} onChange={(first_day) => onChange({ first_day })} />
        <Moment type="date" label={words.lastDay} value={window.last_day} onChange={(last_day) => onChange({ last_day })} />
        <Select
          aria-label={words.holidays}
          value={window.holidays}
          options={(['included', 'excluded', 'only'] as const).map((use) => ({ value: use, label: words.holidayUses[use] }))}
          onChange={(holidays) => onChange({ holidays })}
          className="window-holidays"
        />
        <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.removeWindow} onClick={onRemove} />
      </div>
      {notes.map((note) => (
        <p key={note} role="alert" className="condition-note wrong">
          {note}
        </p>
      ))}
    </div>
  )
}

/** A time of day or a day; nothing where it is left open. */
function Moment({ type, label, value, onChange }: { type: 'time' | 'date'; label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="pair">
      <span className="muted">{label}</span>
      <DatePicker
        className={type === 'time' ? 'short' : undefined}
        picker={type}
        format={type === 'time' ? 'HH:mm' : 'YYYY-MM-DD'}
        placeholder={type === 'time' ? '--:--' : '----'}
        needConfirm={false}
        value={value === '' ? null : dayjs(type === 'time' ? `2000-01-01T${value}` : value)}
        onChange={(moment) => onChange(moment === null ? '' : moment.format(type === 'time' ? 'HH:mm' : 'YYYY-MM-DD'))}
      />
    </label>
  )
}
