import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../api/client'
import type { Session } from '../api/types'
import { shared, useWords } from '../i18n'
import { ConfirmType } from '../kit/ConfirmType'
import { DataTable, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { StatusTag } from '../kit/status'
import { AgoText, TimeText } from '../kit/TimeText'
import { identityWords } from './i18n'

export default function Sessions() {
  const words = useWords(identityWords).sessions
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const [ending, setEnding] = useState<Session | null>(null)
  const list = useQuery({
    queryKey: ['identity', 'sessions'],
    queryFn: () => take(api.GET('/api/v1/identity/sessions')),
    refetchInterval: usePollWhenBroken(),
  })
  const end = useMutation({
    mutationFn: (session: Session) => done(api.DELETE('/api/v1/identity/sessions/{id}', { params: { path: { id: session.id } } })),
    onSuccess: async () => {
      message.success(words.ended)
      setEnding(null)
      await queryClient.invalidateQueries({ queryKey: ['identity', 'sessions'] })
    },
  })
  const columns = useSessionColumns((session) => {
    end.reset()
    setEnding(session)
  })
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Panel flush>
        <DataTable<Session>
          label={words.title}
          rows={list.data?.items}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
      <ConfirmType
        open={ending !== null}
        title={words.endTitle}
        name={ending?.login ?? ''}
        consequence={words.endConsequence}
        okText={words.end}
        busy={end.isPending}
        error={end.error}
        onCancel={() => setEnding(null)}
        onConfirm={() => ending && end.mutate(ending)}
      />
    </>
  )
}

/** In this order: Edge also calls itself Chrome, and Chrome also calls itself Safari. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Version', 'Safari'],
] as const

/** `Chrome 131 · Linux`, or the whole text when it says nothing known. */
export function agentName(userAgent: string): string {
  const browser = BROWSERS.map(([mark, name]) => ({ name, version: new RegExp(`${mark}/(\\d+)`).exec(userAgent)?.[1] })).find((each) => each.version !== undefined)
  if (!browser) return userAgent.slice(0, 60)
  const system = /Windows|Mac OS X|Android|iPhone|Linux/.exec(userAgent)?.[0]
  return [`${browser.name} ${browser.version}`, system].filter(Boolean).join(' · ')
}

function useSessionColumns(onEnd: (session: Session) => void): Columns<Session> {
  const words = useWords(identityWords).sessions
  const { common } = useWords(shared)
  const may = useMay()
  return [
    {
      title: words.account,
      key: 'account',
     
      render: (_, row) => (
        <span className="pair">
          <code>{row.login}</code>
          {row.current && <StatusTag meaning="ok">{words.current}</StatusTag>}
        </span>
      ),
    },
    { title: words.address, key: 'ip', render: (_, row) => <code className="figures">{row.source_ip}</code> },
    { title: words.agent, key: 'agent', render: (_, row) => <span title={row.user_agent}>{agentName(row.user_agent)}</span> },
    { title: words.started, key: 'created', render: (_, row) => <TimeText us={row.created_at} /> },
    { title: words.lastSeen, key: 'seen', render: (_, row) => <AgoText us={row.last_seen} /> },
    { title: words.ends, key: 'idle', render: (_, row) => <TimeText us={row.idle_ends_at} show="clockMinute" /> },
    { title: words.absolute, key: 'absolute', render: (_, row) => <TimeText us={row.absolute_ends_at} show="minute" /> },
    {
      title: common.actions,
      key: 'actions',
     
      fixed: 'end',
      render: (_, row) =>
        may(MAY.sessionEnd) && !row.current ? (
          <Button size="small" danger onClick={() => onEnd(row)} aria-label={`${words.end} ${row.login}`}>
            {words.end}
          </Button>
        ) : null,
    },
  ]
}
