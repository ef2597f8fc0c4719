import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { identityWords } from '../i18n'
import { LOGIN_RULE } from '../rules'
import { PasswordField } from './PasswordField'

interface NewAccount {
  login: string
  name: string
  password: string
}

export function CreateAccount({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords(identityWords).accounts
  return (
    <Modal open={open} title={words.createTitle} footer={null} onCancel={onClose} destroyOnHidden width={520} mask={{ closable: false }}>
      <CreateForm onClose={onClose} />
    </Modal>
  )
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const words = useWords(identityWords).accounts
  const { common } = useWords(shared)
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const [form] = Form.useForm<NewAccount>()
  const [good, setGood] = useState(false)
  const login = Form.useWatch('login', form) ?? ''
  const name = Form.useWatch('name', form) ?? ''
  const create = useMutation({
    mutationFn: (body: NewAccount) => take(api.POST('/api/v1/identity/accounts', { body })),
    onSuccess: async () => {
      message.success(words.created)
      await queryClient.invalidateQueries({ queryKey: ['identity', 'accounts'] })
      onClose()
    },
  })
  const required = { required: true, message: common.required }
  return (
    <Form<NewAccount> form={form} layout="vertical" requiredMark={false} onFinish={(body) => create.mutate(body)}>
      <p className="muted">{words.createAbout}</p>
      <Form.Item name="login" label={words.login} validateTrigger="onBlur" rules={[required, { pattern: LOGIN_RULE, message: words.loginRule }]}>
        <Input autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={32} />
      </Form.Item>
      <Form.Item name="name" label={words.name} validateTrigger="onBlur" rules={[required]}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <Form.Item name="password" label={words.password} validateTrigger="onBlur" rules={[required]}>
        <PasswordField login={login} name={name} onVerdict={setGood} />
      </Form.Item>
      <ActionError error={create.error} />
      <div className="modal-actions">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button type="primary" htmlType="submit" loading={create.isPending} disabled={!good}>
          {common.create}
        </Button>
      </div>
    </Form>
  )
}
