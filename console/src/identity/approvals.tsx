import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Segmented } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, take } from '../api/client'
import type { Approval, ApprovalListing } from '../api/types'
import { shared, useWords } from '../i18n'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useLanguage } from '../kit/preferences'
import { useMay } from '../kit/session'
import { ActionError, EmptyState } from '../kit/states'
import { StatusTag } from '../kit/status'
import { TimeText, useNow } from '../kit/TimeText'
import { identityWords } from './i18n'
import { DecideDialog, type Deciding } from './parts/DecideDialog'
import { approvalState, isAlive, STATE_MEANING } from './rules'

const LISTINGS: ApprovalListing[] = ['open', 'own', 'decided']

/** Changes that wait for a second pair of eyes: what others ask, what one asked oneself, and what was decided. */
export default function Approvals() {
  const words = useWords(identityWords).approvals
  const [params, setParams] = useSearchParams()
  const view = LISTINGS.find((listing) => listing === params.get('view')) ?? 'open'
  const keyset = useKeyset(view)
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  const list = useQuery({
    queryKey: ['identity', 'approvals', view, keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/identity/approvals', { params: { query: { view, cursor: keyset.cursor, limit: 50 } } })),
    refetchInterval: usePollWhenBroken(),
  })
  const withdraw = useWithdraw()
  const columns = useApprovalColumns(view, setDeciding, (approval) => withdraw.mutate(approval.id), withdraw.isPending)
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Panel
        flush
        extra={<Segmented aria-label={words.title} value={view} options={LISTINGS.map((listing) => ({ value: listing, label: words.listings[listing] }))} onChange={(listing) => setParams(listing === 'open' ? {} : { view: listing })} />}
      >
        <ActionError error={withdraw.error} />
        <DataTable<Approval>
          label={words.listings[view]}
          rows={list.data?.items}
          columns={columns}
          rowKey={(row) => row.id}
          query={list}
          keyset={keyset}
          nextCursor={list.data?.next_cursor}
          empty={<EmptyState title={words.empty[view]} why={words.emptyWhy[view]} />}
        />
      </Panel>
      <DecideDialog deciding={deciding} onClose={() => setDeciding(null)} />
    </>
  )
}

function useWithdraw() {
  const words = useWords(identityWords).approvals
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  return useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/v1/identity/approvals/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      message.success(words.withdrawn)
      return queryClient.invalidateQueries({ queryKey: ['identity', 'approvals'] })
    },
  })
}

function useApprovalColumns(view: ApprovalListing, onDecide: (deciding: Deciding) => void, onWithdraw: (approval: Approval) => void, withdrawing: boolean): Columns<Approval> {
  const words = useWords(identityWords).approvals
  const { common } = useWords(shared)
  const language = useLanguage()
  const may = useMay()
  const now = useNow()
  const columns: Columns<Approval> = [
    {
      title: words.what,
      key: 'what',
      render: (_, row) => (
        <span className="stacked">
          <strong>{language === 'zh' ? row.summary_zh : row.summary_en}</strong>
          <code className="muted">{row.action}</code>
        </span>
      ),
    },
    {
      title: words.who,
      key: 'who',
      render: (_, row) => (
        <span className="stacked">
          <span>{row.requester.name}</span>
          <code className="muted">{row.requester.login}</code>
        </span>
      ),
    },
    { title: words.reason, key: 'reason', render: (_, row) => <span className="break-anywhere">{row.reason}</span> },
    { title: words.requestedAt, key: 'requested', render: (_, row) => <TimeText us={row.requested_at} show="minute" /> },
    { title: words.expiresAt, key: 'expires', render: (_, row) => <TimeText us={row.expires_at} show="minute" /> },
  ]
  if (view !== 'open') columns.push({ title: common.state, key: 'state', render: (_, row) => <ApprovalOutcome approval={row} now={now} /> })
  if (view === 'decided') return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => {
      const name = `${row.requester.login} ${row.action}`
      if (row.may_decide && may(MAY.approvalDecide)) {
        return (
          <span className="row-actions">
            <Button size="small" onClick={() => onDecide({ approval: row, yes: true })} aria-label={`${words.approve} ${name}`}>
              {words.approve}
            </Button>
            <Button size="small" danger onClick={() => onDecide({ approval: row, yes: false })} aria-label={`${words.refuse} ${name}`}>
              {words.refuse}
            </Button>
          </span>
        )
      }
      return row.own && isAlive(row, now) && may(MAY.approvalWithdraw) ? (
        <Button size="small" disabled={withdrawing} onClick={() => onWithdraw(row)} aria-label={`${words.withdraw} ${name}`}>
          {words.withdraw}
        </Button>
      ) : null
    },
  })
  return columns
}

/** Where a request stands, who decided it, when and why. */
function ApprovalOutcome({ approval, now }: { approval: Approval; now: number }) {
  const words = useWords(identityWords).approvals
  const state = approvalState(approval, now)
  return (
    <span className="stacked">
      <StatusTag meaning={STATE_MEANING[state]}>{words.states[state]}</StatusTag>
      {approval.decider != null && (
        <span className="muted">
          {approval.decider.name} <code>{approval.decider.login}</code> <TimeText us={approval.decided_at} show="minute" />
        </span>
      )}
      {approval.decision_reason != null && <span className="break-anywhere">{approval.decision_reason}</span>}
      {approval.used_at != null && (
        <span className="muted">
          {words.usedAt} <TimeText us={approval.used_at} show="minute" />
        </span>
      )}
    </span>
  )
}
