import { useQuery } from '@tanstack/react-query'
import { api, take } from '../api/client'
import type { GatewayStatus } from '../api/types'
import { useWords } from '../i18n'
import { DataTable, type Columns } from '../kit/DataTable'
import { Mono } from '../kit/Mono'
import { formatCount } from '../kit/number'
import { Facts, Figure, PageHead, Panel } from '../kit/Page'
import { EmptyState, Loaded } from '../kit/states'
import { StatusTag, type Meaning } from '../kit/status'
import { AgoText } from '../kit/TimeText'
import { gatewayWords } from './i18n'
import { placeFacts } from './places'

type Policy = GatewayStatus['policies'][number]
type Listener = GatewayStatus['listeners'][number]
type Member = GatewayStatus['pools'][number]['members'][number] & { object: string }

/** Figures of the running process change by the second; hints do not carry them. */
const REFRESH_MS = 5_000

export default function Status() {
  const words = useWords(gatewayWords).status
  const status = useQuery({ queryKey: ['gateway', 'status'], queryFn: () => take(api.GET('/api/v1/gateway/status')), refetchInterval: REFRESH_MS })
  const memberColumns = useMemberColumns()
  const listenerColumns = useListenerColumns()
  const policyColumns = usePolicyColumns()
  const members = status.data?.pools.flatMap((pool) => pool.members.map((member) => ({ ...member, object: pool.object })))
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Loaded query={status} lines={2}>
        {(data) => (
          <div className="figure-row">
            <Figure label={words.connections} value={formatCount(data.connections)} href="/vault/search?q=stream:access&range=15m" />
            <Figure label={words.requests} value={formatCount(data.requests_total)} href="/vault/search?q=stream:access" />
            <Figure label={words.blocked} value={formatCount(data.blocked_total)} href="/vault/search?q=stream:waf+event.action:%3Dblock" />
            <Generation status={data} />
          </div>
        )}
      </Loaded>
      {status.data?.error && (
        <p className="page-note" role="alert">
          <StatusTag meaning="high">{words.compileError}</StatusTag>
          <code>{status.data.error}</code>
        </p>
      )}
      {status.data && (
        <>
          <Panel flush title={words.pools}>
            <DataTable<Member>
              label={words.pools}
              rows={members}
              columns={memberColumns}
              rowKey={(row) => `${row.object} ${row.url}`}
              query={status}
              empty={<EmptyState title={words.emptyPools} why={words.emptyPoolsWhy} />}
            />
          </Panel>
          <Panel title={words.places}>
            <Facts columns={2} items={placeFacts(status.data, words)} />
          </Panel>
          <Panel flush title={words.policies}>
            <DataTable<Policy>
              label={words.policies}
              rows={status.data.policies}
              columns={policyColumns}
              rowKey={(row) => row.policy}
              query={status}
              empty={<EmptyState title={words.emptyPolicies} />}
            />
          </Panel>
          <Panel flush title={words.listeners}>
            <DataTable<Listener>
              label={words.listeners}
              rows={status.data.listeners}
              columns={listenerColumns}
              rowKey={(row) => `${row.name} ${row.address}`}
              query={status}
              empty={<EmptyState title={words.emptyListeners} />}
            />
          </Panel>
        </>
      )}
    </>
  )
}

function Generation({ status }: { status: GatewayStatus }) {
  const words = useWords(gatewayWords).status
  const error = status.error ?? null
  const inForce = status.generation_running === status.generation_latest && error === null
  return (
    <Figure
      label={words.generation}
      href="/gateway/objects"
      tone={inForce ? 'plain' : 'bad'}
      value={inForce ? status.generation_running : `${status.generation_running} / ${status.generation_latest}`}
      note={
        inForce ? (
          <StatusTag meaning="ok">{words.same}</StatusTag>
        ) : (
          <StatusTag meaning="high">{words.behind}</StatusTag>
        )
      }
    />
  )
}

const MEMBER_MEANING: Record<string, Meaning> = { up: 'ok', down: 'critical', ejected: 'high', unknown: 'off' }

function useMemberColumns(): Columns<Member> {
  const words = useWords(gatewayWords).status
  const names: Record<string, string> = { up: words.up, down: words.down, ejected: words.ejected, unknown: words.unknown }
  return [
    { title: words.object, key: 'object', dataIndex: 'object' },
    { title: words.member, key: 'url', render: (_, row) => <code>{row.url}</code> },
    { title: words.memberState, key: 'state', render: (_, row) => <StatusTag meaning={MEMBER_MEANING[row.state] ?? 'off'}>{names[row.state] ?? row.state}</StatusTag> },
    { title: words.checked, key: 'checked', render: (_, row) => <AgoText us={row.checked_at} /> },
    { title: words.lastError, key: 'error', render: (_, row) => (row.last_error ? <code>{row.last_error}</code> : <span className="muted">—</span>) },
  ]
}

function usePolicyColumns(): Columns<Policy> {
  const { status: words, objects } = useWords(gatewayWords)
  const names: Record<string, string> = objects.policyNames
  return [
    { title: words.policy, key: 'policy', render: (_, row) => names[row.policy] ?? row.policy },
    { title: words.policyObjects, key: 'objects', dataIndex: 'objects' },
    { title: words.policyRules, key: 'judged_by', render: (_, row) => names[row.judged_by] ?? row.judged_by },
    { title: words.policyProgram, key: 'program', render: (_, row) => <Mono text={row.program} /> },
    { title: words.policyState, key: 'state', render: (_, row) => <StatusTag meaning={row.error ? 'high' : 'ok'}>{row.error ? words.policyFails : words.policyRuns}</StatusTag> },
  ]
}

function useListenerColumns(): Columns<Listener> {
  const words = useWords(gatewayWords).status
  return [
    { title: words.name, key: 'name', dataIndex: 'name' },
    { title: words.address, key: 'address', render: (_, row) => <code>{row.address}</code> },
    { title: words.encryption, key: 'tls', render: (_, row) => <StatusTag meaning={row.tls ? 'ok' : 'off'}>{row.tls ? words.tls : words.plain}</StatusTag> },
    { title: words.fingerprint, key: 'fingerprint', render: (_, row) => (row.fingerprint ? <Mono text={row.fingerprint} /> : <span className="muted">—</span>) },
  ]
}
