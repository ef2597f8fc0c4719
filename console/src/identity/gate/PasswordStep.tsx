import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { api, take } from '../../api/client'
import type { LoginStep } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { gateWords } from './i18n'

export function PasswordStep({ login, onLogin, onStep }: { login: string; onLogin: (login: string) => void; onStep: (step: LoginStep) => void }) {
  const words = useWords(gateWords).login
  const { common } = useWords(shared)
  const attempt = useMutation({
    mutationFn: (body: { login: string; password: string }) => take(api.POST('/api/v1/identity/login', { body })),
    onSuccess: onStep,
  })
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      size="large"
      initialValues={{ login, password: '' }}
      onFinish={(body: { login: string; password: string }) => {
        onLogin(body.login)
        attempt.mutate(body)
      }}
    >
      <Form.Item name="login" label={words.name} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
        <Input autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={64} />
      </Form.Item>
      <Form.Item name="password" label={words.password} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
        <Input.Password autoComplete="current-password" maxLength={256} />
      </Form.Item>
      <ActionError error={attempt.error} />
      <Button type="primary" htmlType="submit" block loading={attempt.isPending}>
        {words.next}
      </Button>
    </Form>
  )
}
