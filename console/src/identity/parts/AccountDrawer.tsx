import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { Account, RoleName } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { Facts } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay, useMe } from '../../kit/session'
import { ActionError, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { TimeText, useNow } from '../../kit/TimeText'
import { identityWords } from '../i18n'
import { excludedBy } from '../rules'
import { isLocked } from '../rules'
import { AccountState } from './AccountState'
import { Clearance } from './Clearance'

type Change = 'activate' | 'disable' | 'unlock' | 'reset-factor'

/** One account: what it is, and what a security administrator may do with it. */
export function AccountDrawer({ account, onClose }: { account: Account | null; onClose: () => void }) {
  return (
    <Drawer open={account !== null} onClose={onClose} size={560} title={account?.name} extra={account && <code>{account.login}</code>} destroyOnHidden>
      {account && <AccountBody account={account} />}
    </Drawer>
  )
}

function useAccountChanges(account: Account) {
  const words = useWords(identityWords).accounts
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['identity'] })
  }
  const params = { path: { id: account.id } }
  const calls: Record<Change, () => Promise<Account>> = {
    activate: () => take(api.POST('/api/v1/identity/accounts/{id}/activate', { params })),
    disable: () => take(api.POST('/api/v1/identity/accounts/{id}/disable', { params })),
    unlock: () => take(api.POST('/api/v1/identity/accounts/{id}/unlock', { params })),
    'reset-factor': () => take(api.POST('/api/v1/identity/accounts/{id}/reset-factor', { params })),
  }
  const sentences: Record<Change, string> = { activate: words.activated, disable: words.disabled, unlock: words.unlocked, 'reset-factor': words.factorReset }
  const state = useMutation({ mutationFn: (change: Change) => calls[change](), onSuccess: (_account, change) => settled(sentences[change]) })
  const grant = useMutation({
    mutationFn: (role: RoleName) => take(api.POST('/api/v1/identity/accounts/{id}/grants', { params, body: { role } })),
    onSuccess: () => settled(words.granted),
  })
  const revoke = useMutation({
    mutationFn: (role: RoleName) => take(api.DELETE('/api/v1/identity/accounts/{id}/grants/{role}', { params: { path: { id: account.id, role } } })),
    onSuccess: () => settled(words.revoked),
  })
  return { state, grant, revoke }
}

function AccountBody({ account }: { account: Account }) {
  const words = useWords(identityWords).accounts
  const { common } = useWords(shared)
  const may = useMay()
  const me = useMe()
  const changes = useAccountChanges(account)
  const isSelf = account.id === me.account_id
  return (
    <>
      <Facts
        items={[
          { label: words.state, value: <AccountState account={account} /> },
          { label: words.factor, value: <StatusTag meaning={account.second_factor ? 'ok' : 'off'}>{account.second_factor ? words.factorOn : words.factorOff}</StatusTag> },
          { label: words.lastLogin, value: account.last_login == null ? common.never : <TimeText us={account.last_login} /> },
          { label: words.createdAt, value: <TimeText us={account.created_at} /> },
        ]}
      />
      {may(MAY.accountUpdate) && !isSelf && <StateActions account={account} changes={changes} />}
      {may(MAY.clearanceRead) && <Clearance account={account} isSelf={isSelf} />}
      {may(MAY.grantUpdate) && <Grants account={account} changes={changes} isSelf={isSelf} />}
    </>
  )
}

type Changes = ReturnType<typeof useAccountChanges>

function StateActions({ account, changes }: { account: Account; changes: Changes }) {
  const words = useWords(identityWords).accounts
  const now = useNow()
  const [confirming, setConfirming] = useState<'disable' | 'reset-factor' | null>(null)
  const run = (change: Change) => changes.state.mutate(change, { onSuccess: () => setConfirming(null) })
  const open = (change: 'disable' | 'reset-factor') => {
    changes.state.reset()
    setConfirming(change)
  }
  return (
    <section className="evidence-part">
      <div className="row-actions">
        {(account.state === 'invited' || account.state === 'disabled') && (
          <Button type="primary" loading={changes.state.isPending} onClick={() => run('activate')}>
            {words.activate}
          </Button>
        )}
        {isLocked(account.locked_until, now) && (
          <Button type="primary" loading={changes.state.isPending} onClick={() => run('unlock')}>
            {words.unlock}
          </Button>
        )}
        {account.second_factor && <Button onClick={() => open('reset-factor')}>{words.resetFactor}</Button>}
        {account.state !== 'disabled' && account.state !== 'archived' && (
          <Button danger onClick={() => open('disable')}>
            {words.disable}
          </Button>
        )}
      </div>
      {confirming === null && <ActionError error={changes.state.error} />}
      <ConfirmType
        open={confirming !== null}
        title={confirming === 'reset-factor' ? words.resetTitle : words.disableTitle}
        name={account.login}
        consequence={confirming === 'reset-factor' ? words.resetConsequence : words.disableConsequence}
        okText={confirming === 'reset-factor' ? words.resetFactor : words.disable}
        busy={changes.state.isPending}
        error={changes.state.error}
        onCancel={() => setConfirming(null)}
        onConfirm={() => confirming && run(confirming)}
      />
    </section>
  )
}

function Grants({ account, changes, isSelf }: { account: Account; changes: Changes; isSelf: boolean }) {
  const words = useWords(identityWords).accounts
  const roleNames = useWords(shared).roles as Record<string, string>
  const matrix = useQuery({ queryKey: ['identity', 'roles'], queryFn: () => take(api.GET('/api/v1/identity/roles')) })
  const busy = changes.grant.isPending || changes.revoke.isPending
  return (
    <section className="evidence-part">
      <h3>{words.grantTitle}</h3>
      <p className="muted">{isSelf ? words.self : words.grantAbout}</p>
      <Loaded query={matrix}>
        {({ roles }) => (
          <ul className="grant-list">
            {roles.map(({ role }) => {
              const held = account.roles.includes(role)
              const obstacle = held ? null : excludedBy(role, account.roles, roles)
              return (
                <li key={role}>
                  <span className="grant-name">
                    <strong>{roleNames[role] ?? role}</strong> <code className="muted">{role}</code>
                    {obstacle !== null && <span className="muted">{words.excluded(roleNames[obstacle] ?? obstacle)}</span>}
                  </span>
                  <Button size="small" danger={held} disabled={isSelf || obstacle !== null || busy} onClick={() => (held ? changes.revoke : changes.grant).mutate(role)} aria-label={`${held ? words.revoke : words.grant} ${roleNames[role] ?? role}`}>
                    {held ? words.revoke : words.grant}
                  </Button>
                </li>
              )
            })}
          </ul>
        )}
      </Loaded>
      <ActionError error={changes.grant.error ?? changes.revoke.error} />
    </section>
  )
}
