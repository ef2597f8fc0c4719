import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../../api/client'
import type { GuardedSession } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, useKeyset, type Columns } from '../../kit/DataTable'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useLanguage } from '../../kit/preferences'
import { PriorityTag } from '../../kit/ranks'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { formatDuration, formatTime } from '../../kit/time'
import { AgoText, TimeText, useNow } from '../../kit/TimeText'
import { trafficWords } from '../traffic/i18n'
import { useFind } from '../traffic/rows'
import { Applications, LOOK_MS } from './Applications'
import { guardedWords } from './i18n'

const PATH = '/api/v1/gateway/sessions'

/** How guarded applications fare, and who is signed in to them. */
export default function GuardedSessions() {
  const words = useWords(guardedWords)
  const traffic = useWords(trafficWords)
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const [ending, setEnding] = useState<GuardedSession | null>(null)
  const [find, setFind] = useFind()
  const text = find('q')
  const keyset = useKeyset(text)
  const list = useQuery({
    queryKey: ['gateway', 'sessions', text, keyset.cursor ?? ''],
    queryFn: () => take(api.GET(PATH, { params: { query: { text: text === '' ? undefined : text, cursor: keyset.cursor, limit: 50 } } })),
    placeholderData: (before) => before,
    refetchInterval: LOOK_MS,
  })
  const end = useMutation({
    mutationFn: (session: GuardedSession) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: session.id } } })),
    onSuccess: () => {
      message.success(words.ended)
      setEnding(null)
      return queryClient.invalidateQueries({ queryKey: ['gateway'] })
    },
  })
  const columns = useColumns((session) => { end.reset(); setEnding(session) })
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Applications />
      <Panel flush title={words.sessions} extra={<Input.Search key={text} className="find" aria-label={words.find} placeholder={words.find} defaultValue={text} allowClear onSearch={(wanted) => setFind('q', wanted.trim())} />}>
        <DataTable<GuardedSession>
          label={words.sessions}
          rows={list.data?.items}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          empty={text === '' ? <EmptyState title={words.empty} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
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

function useColumns(onEnd: (session: GuardedSession) => void): Columns<GuardedSession> {
  const words = useWords(guardedWords)
  const { common } = useWords(shared)
  const mayEnd = useMay()(MAY.gatewaySessionWrite)
  const columns: Columns<GuardedSession> = [
    { title: words.application, key: 'application', dataIndex: 'application' },
    {
      title: words.who,
      key: 'who',
      render: (_, row) => (
        <span className="stacked">
          <strong>{row.name}</strong>
          <code>{row.login}</code>
        </span>
      ),
    },
    { title: words.priority, key: 'priority', render: (_, row) => <PriorityTag priority={row.priority} /> },
    { title: words.address, key: 'address', responsive: ['md'], render: (_, row) => <code className="figures" title={row.user_agent}>{row.source_ip}</code> },
    { title: words.opened, key: 'opened', responsive: ['lg'], render: (_, row) => <TimeText us={row.created_at} /> },
    { title: words.lastSeen, key: 'seen', responsive: ['md'], render: (_, row) => <AgoText us={row.last_seen_at} /> },
    { title: words.idleEnds, key: 'idle', render: (_, row) => <EndsIn us={Math.min(row.idle_ends_at, row.absolute_ends_at)} /> },
  ]
  if (!mayEnd) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <Button size="small" danger onClick={() => onEnd(row)} aria-label={`${words.end} ${row.login}`}>
        {words.end}
      </Button>
    ),
  })
  return columns
}

/** `14 分 05 秒后`, with the exact time as its title. */
function EndsIn({ us }: { us: number }) {
  const words = useWords(guardedWords)
  const language = useLanguage()
  const left = us - useNow()
  return (
    <time className="figures" title={formatTime(us, 'second')}>
      {left > 0 ? words.within(formatDuration(left, language)) : words.now}
    </time>
  )
}
