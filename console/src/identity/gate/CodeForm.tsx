import { Button, Form, Input } from 'antd'
import { Problem } from '../../api/problem'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { formatTime } from '../../kit/time'
import { gateWords } from './i18n'

interface CodeFormProps {
  label: string
  submit: string
  /** A recovery code is longer and holds letters. */
  recovery?: boolean
  busy: boolean
  error: unknown
  onCode: (code: string) => void
}

/** One code, typed or pasted; blanks inside it do not matter. */
export function CodeForm({ label, submit, recovery, busy, error, onCode }: CodeFormProps) {
  const { common } = useWords(shared)
  return (
    <Form layout="vertical" requiredMark={false} size="large" onFinish={(body: { code: string }) => onCode(body.code.replace(/\s/g, ''))}>
      <Form.Item name="code" label={label} extra={recovery === true ? undefined : <ServerClock error={error} />} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
        <Input autoFocus className="code-input" autoComplete="one-time-code" inputMode={recovery === true ? 'text' : 'numeric'} maxLength={recovery === true ? 40 : 8} spellCheck={false} />
      </Form.Item>
      <ActionError error={error} />
      <Button type="primary" htmlType="submit" block loading={busy}>
        {submit}
      </Button>
    </Form>
  )
}

/** A code is refused when the phone's clock is wrong, so a refusal says what time it is for the server. */
export function ServerClock({ error }: { error: unknown }) {
  const words = useWords(gateWords).login
  if (!(error instanceof Problem) || error.code !== 'IDN-0401' || error.serverTime === null) return null
  return <span className="figures">{words.serverTime(formatTime(error.serverTime * 1000))}</span>
}
