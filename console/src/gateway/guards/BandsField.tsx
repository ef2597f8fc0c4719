import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, InputNumber } from 'antd'
import { useWords } from '../../i18n'
import { windowValues } from '../rules/rule-input'
import { WindowRow } from '../rules/WindowsField'
import { bandSlip, MOST_BANDS, MOST_SESSIONS, type BandValues } from './guard-input'
import { guardWords } from './i18n'

interface Props {
  value?: BandValues[]
  onChange?: (bands: BandValues[]) => void
  /** What the server found. */
  fault: string | undefined
  telling: boolean
}

/** Other ceilings of sessions at certain times. */
export function BandsField({ value = [], onChange, fault, telling }: Props) {
  const words = useWords(guardWords)
  const set = (at: number, change: Partial<BandValues>) => onChange?.(value.map((band, index) => (index === at ? { ...band, ...change } : band)))
  return (
    <Form.Item label={words.bands} extra={words.bandsHelp} {...(fault !== undefined && { validateStatus: 'error' as const, help: fault })}>
      {value.map((band, at) => {
        const slip = telling ? bandSlip(band) : null
        return (
          <WindowRow
            // oxlint-disable-next-line react/no-array-index-key -- a ceiling is nothing but its values, and keeps no state here
            key={at}
            label={`${words.band} ${at + 1}`}
            window={band.window}
            notes={slip === null ? [] : [words.slips[slip]]}
            onChange={(change) => set(at, { window: { ...band.window, ...change } })}
            onRemove={() => onChange?.(value.filter((_, index) => index !== at))}
          >
            <label className="pair">
              <span className="muted">{words.maxSessions}</span>
              <InputNumber className="band-most" min={1} max={MOST_SESSIONS} precision={0} value={band.max_sessions} onChange={(max_sessions) => set(at, { max_sessions })} />
            </label>
          </WindowRow>
        )
      })}
      {value.length < MOST_BANDS && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...value, { window: windowValues(), max_sessions: null }])}>
          {words.addBand}
        </Button>
      )}
    </Form.Item>
  )
}
