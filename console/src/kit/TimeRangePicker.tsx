import { DatePicker, Segmented } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { shared, useWords } from '../i18n'
import { fromWallClock, PRESETS, resolveRange, type Preset, type TimeRange } from './range'
import { SHANGHAI_OFFSET_MS } from './time'

/** The picker shows wall clocks; this makes one that reads as Beijing time on any machine. */
function wallClock(us: number): Dayjs {
  const wall = new Date(us / 1000 + SHANGHAI_OFFSET_MS)
  return dayjs(new Date(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()))
}

function moment(picked: Dayjs): number {
  return fromWallClock({ year: picked.year(), month: picked.month(), day: picked.date(), hour: picked.hour(), minute: picked.minute(), second: picked.second() })
}

/** Presets by name, and a custom span. The choice lives in the URL, kept by the caller. */
export function TimeRangePicker({ value, onChange, custom = true }: { value: TimeRange; onChange: (range: TimeRange) => void; custom?: boolean }) {
  const words = useWords(shared).range
  const labels: Record<Preset, string> = { '15m': words.m15, '1h': words.h1, today: words.today, yesterday: words.yesterday, '7d': words.d7 }
  const options = PRESETS.map((preset) => ({ value: preset as string, label: labels[preset] }))
  if (custom) options.push({ value: 'custom', label: words.custom })
  const chosen = 'preset' in value ? value.preset : 'custom'
  const span = resolveRange(value)
  return (
    <div className="time-range">
      <Segmented
        aria-label={words.label}
        value={chosen}
        options={options}
        onChange={(next) => {
          const preset = PRESETS.find((each) => each === next)
          onChange(preset !== undefined ? { preset } : { from: Math.floor(span.from), to: Math.floor(span.to) })
        }}
      />
      {chosen === 'custom' && (
        <DatePicker.RangePicker
          showTime
          allowClear={false}
          value={[wallClock(span.from), wallClock(span.to)]}
          placeholder={[words.from, words.to]}
          onChange={(picked) => {
            const [from, to] = picked ?? []
            if (from && to && to.isAfter(from)) onChange({ from: moment(from), to: moment(to) })
          }}
        />
      )}
    </div>
  )
}
