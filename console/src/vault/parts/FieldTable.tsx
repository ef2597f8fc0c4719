import { MinusCircleOutlined, PlusCircleOutlined } from '@ant-design/icons'
import { Link } from 'react-router'
import { shared, useWords } from '../../i18n'
import { valueText, type EventFields } from '../../kit/event'
import { fieldIs, fieldIsNot } from '../../kit/query'
import { formatTime } from '../../kit/time'
import { vaultWords } from '../i18n'

const TIMES = new Set(['@timestamp', 'event.ingested'])
/** Shown elsewhere in full. */
const LONG = new Set(['waf.hits'])

interface FieldTableProps {
  event: EventFields
  /** The address of the search narrowed by a filter. */
  narrowed: (filter: string) => string
}

/** Every recorded field, each a step to narrower or wider searches. */
export function FieldTable({ event, narrowed }: FieldTableProps) {
  const words = useWords(vaultWords).drawer
  const { common } = useWords(shared)
  const names = Object.keys(event).sort()
  return (
    <table className="field-table">
      <thead>
        <tr>
          <th scope="col">{words.field}</th>
          <th scope="col">{words.value}</th>
          <th scope="col">
            <span className="visually-hidden">{common.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => {
          const value = event[name]
          const text = valueText(value)
          const shown = TIMES.has(name) && typeof value === 'number' ? `${formatTime(value, 'milli')} (${value})` : text
          const searchable = !LONG.has(name) && !TIMES.has(name) && text !== '' && text.length <= 256 && !Array.isArray(value)
          return (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className="field-value">{shown}</td>
              <td className="field-actions">
                {searchable && (
                  <>
                    <Link to={narrowed(fieldIs(name, text))} aria-label={words.include(name)} title={words.include(name)}>
                      <PlusCircleOutlined />
                    </Link>
                    <Link to={narrowed(fieldIsNot(name, text))} aria-label={words.exclude(name)} title={words.exclude(name)}>
                      <MinusCircleOutlined />
                    </Link>
                  </>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
