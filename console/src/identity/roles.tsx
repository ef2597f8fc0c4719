import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { api, take } from '../api/client'
import type { Role } from '../api/types'
import { shared, useWords } from '../i18n'
import { PageHead, Panel } from '../kit/Page'
import { useLanguage } from '../kit/preferences'
import { EmptyState, Loaded } from '../kit/states'
import { StateIcon } from '../kit/status'
import { identityWords } from './i18n'

export default function Roles() {
  const words = useWords(identityWords).roles
  const [find, setFind] = useState('')
  const matrix = useQuery({ queryKey: ['identity', 'roles'], queryFn: () => take(api.GET('/api/v1/identity/roles')) })
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Panel flush extra={<Input className="find" aria-label={words.find} placeholder={words.find} value={find} onChange={(event) => setFind(event.target.value)} allowClear />}>
        <Loaded query={matrix} lines={12}>{({ roles }) => <Matrix roles={roles} find={find.trim().toLowerCase()} />}</Loaded>
      </Panel>
    </>
  )
}

/** Every permission that any role holds, a row each, a column per role. */
function Matrix({ roles, find }: { roles: Role[]; find: string }) {
  const words = useWords(identityWords).roles
  const { common, permissions: names } = useWords(shared)
  const language = useLanguage()
  const permissions = Array.from(new Set(roles.flatMap((role) => role.permissions)))
    .sort()
    .filter((permission) => permission.includes(find) || (names[permission] ?? '').toLowerCase().includes(find))
  if (permissions.length === 0) return <EmptyState title={words.empty} />
  return (
    <div className="matrix-scroll" tabIndex={0} role="region" aria-label={words.title}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{words.permission}</th>
            {roles.map((role) => (
              <th key={role.role} scope="col">
                {role[language]}
                <code>{role.role}</code>
              </th>
            ))}
          </tr>
          <tr className="matrix-excludes">
            <th scope="row">{words.excludes}</th>
            {roles.map((role) => (
              <td key={role.role}>{role.excludes.length === 0 ? '—' : role.excludes.map((other) => nameOf(other, roles, language)).join(common.listJoin)}</td>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map((permission) => (
            <tr key={permission}>
              <th scope="row">
                <span>{names[permission] ?? permission}</span>
                <code>{permission}</code>
              </th>
              {roles.map((role) => {
                const has = role.permissions.includes(permission)
                return (
                  <td key={role.role} className={has ? 'has' : 'has-not'}>
                    <StateIcon meaning={has ? 'ok' : 'off'} />
                    <span className="visually-hidden">{has ? words.granted : words.notGranted}</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function nameOf(role: string, roles: Role[], language: 'zh' | 'en'): string {
  return roles.find((each) => each.role === role)?.[language] ?? role
}
