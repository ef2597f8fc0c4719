import { Button, Form, Input } from 'antd'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'

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
      <Form.Item name="code" label={label} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
        <Input autoFocus className="code-input" autoComplete="one-time-code" inputMode={recovery === true ? 'text' : 'numeric'} maxLength={recovery === true ? 40 : 8} spellCheck={false} />
      </Form.Item>
      <ActionError error={error} />
      <Button type="primary" htmlType="submit" block loading={busy}>
        {submit}
      </Button>
    </Form>
  )
}
