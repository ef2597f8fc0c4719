import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../../api/client'
import type { Administrator } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { RouteLink } from '../../kit/Page'
import { ActionError, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { PasswordField } from '../parts/PasswordField'
import { GateFrame } from './GateFrame'
import { LOGIN_RULE } from '../rules'
import { gateWords } from './i18n'

const ROLES = ['sysadmin', 'secadmin', 'auditadmin'] as const
type AdministratorRole = (typeof ROLES)[number]
type SetupForm = Record<AdministratorRole, { login: string; name: string; password: string }>




/**
 * First start: the link from the terminal creates the three administrators and dies. The token stands behind the `#`,
 * which browsers never send, so it reaches no access log on the way.
 */
export default function Setup() {
  const words = useWords(gateWords).setup
  const [token] = useState(() => location.hash.replace(/^#/, ''))
  const state = useQuery({ queryKey: ['identity-state'], queryFn: () => take(api.GET('/api/v1/identity/state')) })
  const create = useMutation({
    mutationFn: (administrators: Administrator[]) => done(api.POST('/api/v1/identity/setup', { body: { token, administrators } })),
    onSuccess: () => history.replaceState(null, '', '/setup'),
  })
  if (create.isSuccess) {
    return (
      <GateFrame title={words.doneTitle}>
        <StatusTag meaning="ok">{words.doneAbout}</StatusTag>
        <p>
          <RouteLink to="/login">{words.toLogin}</RouteLink>
        </p>
      </GateFrame>
    )
  }
  return (
    <GateFrame title={words.title} wide>
      <p className="gate-about">{words.about}</p>
      <Loaded query={state}>
        {(data) => {
          if (!data.setup_required) {
            return (
              <>
                <p>{words.dead}</p>
                <RouteLink to="/login">{words.toLogin}</RouteLink>
              </>
            )
          }
          if (token === '') return <p role="alert">{words.noToken}</p>
          return <Administrators busy={create.isPending} error={create.error} onCreate={(each) => create.mutate(each)} />
        }}
      </Loaded>
    </GateFrame>
  )
}

function Administrators({ busy, error, onCreate }: { busy: boolean; error: unknown; onCreate: (administrators: Administrator[]) => void }) {
  const words = useWords(gateWords).setup
  const roleNames = useWords(shared).roles
  const about: Record<AdministratorRole, string> = { sysadmin: words.sysadminDoes, secadmin: words.secadminDoes, auditadmin: words.auditadminDoes }
  const [form] = Form.useForm<SetupForm>()
  const [good, setGood] = useState<Record<AdministratorRole, boolean>>({ sysadmin: false, secadmin: false, auditadmin: false })
  const allGood = ROLES.every((role) => good[role])
  return (
    <Form<SetupForm>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => onCreate(ROLES.map((role) => ({ role, ...values[role] })))}
    >
      <div className="setup-columns">
        {ROLES.map((role) => (
          <section key={role} className="setup-column" aria-label={roleNames[role]}>
            <h2>{roleNames[role]}</h2>
            <p className="muted">{about[role]}</p>
            <AdministratorFields role={role} onVerdict={(ok) => setGood((before) => (before[role] === ok ? before : { ...before, [role]: ok }))} />
          </section>
        ))}
      </div>
      <ActionError error={error} />
      <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!allGood}>
        {words.create}
      </Button>
    </Form>
  )
}

function AdministratorFields({ role, onVerdict }: { role: AdministratorRole; onVerdict: (ok: boolean) => void }) {
  const words = useWords(gateWords).setup
  const { common } = useWords(shared)
  const form = Form.useFormInstance<SetupForm>()
  const login = Form.useWatch([role, 'login'], form) ?? ''
  const name = Form.useWatch([role, 'name'], form) ?? ''
  const others = ROLES.filter((each) => each !== role)
  return (
    <>
      <Form.Item
        name={[role, 'login']}
        label={words.login}
        validateTrigger="onBlur"
        dependencies={others.map((each) => [each, 'login'])}
        rules={[
          { required: true, message: common.required },
          { pattern: LOGIN_RULE, message: words.loginRule },
          {
            validator: (_rule, value: string | undefined) => {
              const same = others.some((each) => String(form.getFieldValue([each, 'login']) ?? '').toLowerCase() === (value ?? '').toLowerCase())
              return same && value ? Promise.reject(new Error(words.distinct)) : Promise.resolve()
            },
          },
        ]}
      >
        <Input autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={32} />
      </Form.Item>
      <Form.Item name={[role, 'name']} label={words.name} validateTrigger="onBlur" rules={[{ required: true, message: common.required }]}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <Form.Item name={[role, 'password']} label={words.password} validateTrigger="onBlur" rules={[{ required: true, message: common.required }]}>
        <PasswordField login={login} name={name} onVerdict={onVerdict} />
      </Form.Item>
    </>
  )
}
