import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, take } from '../api/client'
import type { Account } from '../api/types'
import { shared, useWords } from '../i18n'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { StatusTag } from '../kit/status'
import { TimeText } from '../kit/TimeText'
import { identityWords } from './i18n'
import { AccountDrawer } from './parts/AccountDrawer'
import { AccountState } from './parts/AccountState'
import { CreateAccount } from './parts/CreateAccount'

export default function Accounts() {
  const words = useWords(identityWords).accounts
  const may = useMay()
  const [params, setParams] = useSearchParams()
  const q = params.get('q') ?? ''
  const keyset = useKeyset(q)
  const [creating, setCreating] = useState(false)
  const list = useQuery({
    queryKey: ['identity', 'accounts', q, keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/identity/accounts', { params: { query: { q: q === '' ? undefined : q, cursor: keyset.cursor, limit: 50 } } })),
    placeholderData: (before) => before,
    refetchInterval: usePollWhenBroken(),
  })
  const opened = params.get('open')
  const setParam = (name: string, value: string | null) => {
    const next = new URLSearchParams(params)
    if (value === null || value === '') next.delete(name)
    else next.set(name, value)
    setParams(next, { replace: name === 'q' })
  }
  const columns = useAccountColumns((id) => setParam('open', id))
  return (
    <>
      <PageHead
        title={words.title}
        about={words.about}
        actions={
          may(MAY.accountCreate) && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
      />
      <Panel flush extra={<Input.Search className="find" aria-label={words.find} placeholder={words.find} defaultValue={q} allowClear onSearch={(text) => setParam('q', text.trim())} />}>
        <DataTable<Account>
          label={words.title}
          rows={list.data?.items}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
      <CreateAccount open={creating} onClose={() => setCreating(false)} />
      <AccountDrawer account={list.data?.items.find((account) => account.id === opened) ?? null} onClose={() => setParam('open', null)} />
    </>
  )
}

function useAccountColumns(onOpen: (id: string) => void): Columns<Account> {
  const words = useWords(identityWords).accounts
  const { common, roles } = useWords(shared)
  const roleNames = roles as Record<string, string>
  return [
    { title: words.login, key: 'login', render: (_, row) => <code>{row.login}</code> },
    { title: words.name, key: 'name', dataIndex: 'name' },
    { title: words.state, key: 'state', render: (_, row) => <AccountState account={row} /> },
    {
      title: words.roles,
      key: 'roles',
      render: (_, row) => (row.roles.length === 0 ? <span className="muted">{words.noRoles}</span> : row.roles.map((role) => roleNames[role] ?? role).join(common.listJoin)),
    },
    { title: words.factor, key: 'factor', render: (_, row) => <StatusTag meaning={row.second_factor ? 'ok' : 'off'}>{row.second_factor ? words.factorOn : words.factorOff}</StatusTag> },
    { title: words.lastLogin, key: 'last', render: (_, row) => (row.last_login == null ? <span className="muted">{common.never}</span> : <TimeText us={row.last_login} />) },
    { title: words.createdAt, key: 'created', render: (_, row) => <TimeText us={row.created_at} /> },
    {
      title: common.actions,
      key: 'actions',
     
      fixed: 'end',
      render: (_, row) => (
        <Button size="small" onClick={() => onOpen(row.id)} aria-label={`${words.manage} ${row.login}`}>
          {words.manage}
        </Button>
      ),
    },
  ]
}
