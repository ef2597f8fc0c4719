import { PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../api/client'
import type { SystemNode } from '../api/types'
import { shared, useWords } from '../i18n'
import { ConfirmType } from '../kit/ConfirmType'
import { DataTable, type Columns } from '../kit/DataTable'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { StatusTag, type Meaning } from '../kit/status'
import { AgoText, TimeText } from '../kit/TimeText'
import { systemWords } from './i18n'
import { LISTEN_LINES } from './node-lines'
import { InviteNode } from './parts/InviteNode'
import { Sections, Spools } from './parts/NodeReport'
import { Typed } from './parts/Typed'

/** Nodes say something every minute; no hint comes for that. */
const REFRESH_MS = 15_000
const MEANING: Record<string, Meaning> = { online: 'ok', silent: 'high', revoked: 'off' }

/** Remote gateway nodes: who there is, how each stands, invitations and their revocation. */
export default function Nodes() {
  const words = useWords(systemWords).nodes
  const mayWrite = useMay()(MAY.nodeWrite)
  const [inviting, setInviting] = useState(false)
  const [revoking, setRevoking] = useState<SystemNode | null>(null)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const list = useQuery({ queryKey: ['system', 'nodes'], queryFn: () => take(api.GET('/api/v1/system/nodes')), refetchInterval: REFRESH_MS })
  const revoke = useMutation({
    mutationFn: (node: SystemNode) => done(api.DELETE('/api/v1/system/nodes/{id}', { params: { path: { id: node.id } } })),
    onSuccess: () => {
      setRevoking(null)
      message.success(words.revoked)
      return queryClient.invalidateQueries({ queryKey: ['system', 'nodes'] })
    },
  })
  const columns = useColumns((node) => { revoke.reset(); setRevoking(node) })
  const invite = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setInviting(true)}>
      {words.invite}
    </Button>
  )
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={invite} />
      {list.data?.listening === false && <Deaf />}
      <Panel flush>
        <DataTable<SystemNode> label={words.title} rows={list.data?.items} columns={columns} rowKey={(row) => row.id} query={list} empty={<EmptyState title={words.empty} why={words.emptyWhy} />} />
      </Panel>
      <InviteNode open={inviting} onClose={() => setInviting(false)} />
      <ConfirmType
        open={revoking !== null}
        title={words.revokeTitle}
        name={revoking?.name ?? ''}
        consequence={words.revokeConsequence}
        okText={words.revoke}
        busy={revoke.isPending}
        error={revoke.error}
        onCancel={() => setRevoking(null)}
        onConfirm={() => revoking && revoke.mutate(revoking)}
      />
    </>
  )
}

/** This house has no listener: nobody can come, and what to do about it. */
function Deaf() {
  const words = useWords(systemWords).nodes
  const remedy = (
    <>
      <p className="typed-lead">{words.deafWhy}</p>
      <Typed text={LISTEN_LINES} />
    </>
  )
  return <Alert className="page-alert" type="warning" showIcon title={words.deaf} description={remedy} />
}

function useColumns(onRevoke: (node: SystemNode) => void): Columns<SystemNode> {
  const words = useWords(systemWords).nodes
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.nodeWrite)
  const columns: Columns<SystemNode> = [
    { title: words.name, key: 'name', render: (_, row) => <Named node={row} /> },
    { title: common.state, key: 'state', render: (_, row) => <NodeState node={row} /> },
    { title: words.seen, key: 'seen', responsive: ['sm'], render: (_, row) => (row.seen_at == null ? <span className="muted">{words.neverSeen}</span> : <AgoText us={row.seen_at} />) },
    { title: words.sections, key: 'sections', responsive: ['md'], render: (_, row) => <Sections report={row.report ?? null} /> },
    { title: words.spools, key: 'spools', responsive: ['md'], render: (_, row) => <Spools report={row.report ?? null} /> },
    { title: words.enrolled, key: 'enrolled', responsive: ['lg'], render: (_, row) => <TimeText us={row.enrolled_at} show="minute" /> },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) =>
      row.state !== 'revoked' && (
        <Button size="small" danger aria-label={`${words.revoke} ${row.name}`} onClick={() => onRevoke(row)}>
          {words.revoke}
        </Button>
      ),
  })
  return columns
}

function Named({ node }: { node: SystemNode }) {
  const words = useWords(systemWords).nodes
  return (
    <span className="stacked">
      <strong>{node.name}</strong>
      {node.report && <span className="muted" title={words.version}>Medward {node.report.version}</span>}
    </span>
  )
}

function NodeState({ node }: { node: SystemNode }) {
  const words = useWords(systemWords).nodes
  return (
    <span className="stacked">
      <StatusTag meaning={MEANING[node.state] ?? 'off'} title={node.state === 'silent' ? words.silentHelp : undefined}>
        {words.states[node.state] ?? node.state}
      </StatusTag>
      {node.revoked_at != null && <span className="muted"><TimeText us={node.revoked_at} show="minute" /></span>}
    </span>
  )
}
