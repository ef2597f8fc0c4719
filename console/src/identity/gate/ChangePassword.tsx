import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { LoginStep } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { PasswordField } from '../parts/PasswordField'
import { gateWords } from './i18n'

interface ChangePasswordProps {
  handle: string
  login: string
  onStep: (step: LoginStep) => void
  onStartOver: () => void
}

export function ChangePassword({ handle, login, onStep, onStartOver }: ChangePasswordProps) {
  const words = useWords(gateWords)
  const { common } = useWords(shared)
  const [good, setGood] = useState(false)
  const change = useMutation({
    mutationFn: (newPassword: string) => take(api.POST('/api/v1/identity/login/password', { body: { handle, new_password: newPassword } })),
    onSuccess: (answer) => onStep({ step: answer.step, handle: answer.handle ?? handle }),
  })
  return (
    <>
      <p className="gate-about">{words.change.about}</p>
      <Form layout="vertical" requiredMark={false} size="large" onFinish={(body: { password: string }) => change.mutate(body.password)}>
        <input type="text" name="username" value={login} autoComplete="username" readOnly hidden />
        <Form.Item name="password" label={words.change.password} rules={[{ required: true, message: common.required }]} validateTrigger="onBlur">
          <PasswordField login={login} name="" onVerdict={setGood} />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={words.change.repeat}
          dependencies={['password']}
          validateTrigger="onBlur"
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, repeat) => (repeat === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(words.change.mismatch))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={256} />
        </Form.Item>
        <ActionError error={change.error} />
        <Button type="primary" htmlType="submit" block loading={change.isPending} disabled={!good}>
          {words.change.save}
        </Button>
      </Form>
      <div className="gate-more">
        <Button type="link" onClick={onStartOver}>
          {words.login.startOver}
        </Button>
      </div>
    </>
  )
}
