import { DeleteOutlined, SwapOutlined, UploadOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Drawer, Tooltip } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../../api/client'
import type { CertificateUpload, SiteCertificate } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { usePollWhenBroken } from '../../kit/live'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { CertificateFacts, Doubts, Ends } from './CertificateFacts'
import { CertificateForm } from './CertificateForm'
import { certificateWords } from './i18n'

const PATH = '/api/v1/gateway/certificates'
/** Names that a row shows before it counts. */
const NAMES_SHOWN = 3

/** Certificates of the sites: what is served until when, uploads, replacements. */
export default function Certificates() {
  const words = useWords(certificateWords)
  const mayWrite = useMay()(MAY.gatewayCertificateWrite)
  const [form, setForm] = useState<{ replacing: SiteCertificate | null } | null>(null)
  const [removing, setRemoving] = useState<SiteCertificate | null>(null)
  const [shown, setShown] = useState<SiteCertificate | null>(null)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const list = useQuery({ queryKey: ['gateway', 'certificates'], queryFn: () => take(api.GET(PATH)), refetchInterval: usePollWhenBroken() })
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway', 'certificates'] })
  }
  const save = useMutation({
    mutationFn: (body: CertificateUpload) => {
      const id = form?.replacing?.id
      return id === undefined ? take(api.POST(PATH, { body })) : take(api.PUT(`${PATH}/{id}`, { params: { path: { id } }, body }))
    },
    onSuccess: (stored) => { setForm(null); return settled(stored.in_use ? words.uploaded : words.uploadedSpare) },
  })
  const remove = useMutation({ mutationFn: (row: SiteCertificate) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: row.id } } })), onSuccess: () => { setRemoving(null); return settled(words.removed) } })
  const open = (replacing: SiteCertificate | null) => { save.reset(); setForm({ replacing }) }
  const columns = useColumns({ onShow: setShown, onReplace: open, onRemove: (row) => { remove.reset(); setRemoving(row) } })
  const upload = mayWrite && (
    <Button type="primary" icon={<UploadOutlined />} onClick={() => open(null)}>
      {words.upload}
    </Button>
  )
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={upload} />
      {list.data && <Bare hosts={list.data.bare_hosts} total={list.data.bare_hosts_total} />}
      <Panel flush>
        <DataTable<SiteCertificate> label={words.title} rows={list.data?.items} columns={columns} rowKey={(row) => row.id} query={list} empty={<EmptyState title={words.empty} why={words.emptyWhy} />} />
      </Panel>
      <CertificateForm open={form !== null} replacing={form?.replacing ?? null} busy={save.isPending} error={save.error} onSave={(body) => save.mutate(body)} onChange={save.reset} onClose={() => setForm(null)} />
      <Drawer open={shown !== null} onClose={() => setShown(null)} size={640} title={shown?.name}>
        {shown?.facts && <CertificateFacts facts={shown.facts} />}
      </Drawer>
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.name ?? ''}
        consequence={words.removeConsequence}
        okText={words.remove}
        busy={remove.isPending}
        error={remove.error}
        onCancel={() => setRemoving(null)}
        onConfirm={() => removing && remove.mutate(removing)}
      />
    </>
  )
}

/** Host names for which visitors see a warning. */
function Bare({ hosts, total }: { hosts: string[]; total: number }) {
  const words = useWords(certificateWords)
  if (total === 0) return null
  return <Alert className="page-alert" type="warning" showIcon title={words.bare(total)} description={`${words.bareWhy} ${hosts.slice(0, 20).join(' ')}${total > 20 ? ' …' : ''}`} />
}

interface Actions {
  onShow: (row: SiteCertificate) => void
  onReplace: (row: SiteCertificate) => void
  onRemove: (row: SiteCertificate) => void
}

function useColumns({ onShow, onReplace, onRemove }: Actions): Columns<SiteCertificate> {
  const words = useWords(certificateWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayCertificateWrite)
  const columns: Columns<SiteCertificate> = [
    {
      title: words.name,
      key: 'name',
      render: (_, row) =>
        row.facts ? (
          <Button type="link" className="cell-link" onClick={() => onShow(row)}>
            {row.name}
          </Button>
        ) : (
          row.name
        ),
    },
    {
      title: words.names,
      key: 'names',
      responsive: ['md'],
      render: (_, row) => {
        const names = row.facts?.names ?? []
        return (
          <span className="stacked">
            {names.slice(0, NAMES_SHOWN).map((name) => (
              <code key={name}>{name}</code>
            ))}
            {names.length > NAMES_SHOWN && <span className="muted">{words.more(names.length - NAMES_SHOWN)}</span>}
          </span>
        )
      },
    },
    { title: words.ends, key: 'ends', render: (_, row) => row.facts && <Ends at={row.facts.not_after} /> },
    { title: words.issuer, key: 'issuer', responsive: ['lg'], render: (_, row) => row.facts?.issuer },
    { title: words.keyKind, key: 'key', responsive: ['lg'], render: (_, row) => row.facts?.key },
    {
      title: words.state,
      key: 'state',
      render: (_, row) => (
        <span className="stacked">
          {row.error !== null ? (
            <>
              <StatusTag meaning="critical">{words.broken}</StatusTag>
              <span className="muted">{row.error}</span>
            </>
          ) : row.source === 'default' ? (
            <Tooltip title={words.byDefaultHelp}>
              <span><StatusTag meaning="off">{words.byDefault}</StatusTag></span>
            </Tooltip>
          ) : row.in_use ? (
            <StatusTag meaning="ok">{words.inUse}</StatusTag>
          ) : (
            <StatusTag meaning="off">{words.spare}</StatusTag>
          )}
          {row.facts && <Doubts facts={row.facts} />}
        </span>
      ),
    },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) =>
      row.source === 'upload' && (
        <span className="row-actions">
          <Tooltip title={words.replace}>
            <Button size="small" type="text" icon={<SwapOutlined />} aria-label={`${words.replace} ${row.name}`} onClick={() => onReplace(row)} />
          </Tooltip>
          <Tooltip title={words.remove}>
            <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.name}`} onClick={() => onRemove(row)} />
          </Tooltip>
        </span>
      ),
  })
  return columns
}
