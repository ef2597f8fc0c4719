import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { Link } from 'react-router'
import { api, take } from '../api/client'
import type { StreamInfo, VerifyRun } from '../api/types'
import { shared, useWords } from '../i18n'
import { DataTable, type Columns } from '../kit/DataTable'
import { Mono } from '../kit/Mono'
import { formatBytes, formatCount } from '../kit/number'
import { usePollWhenBroken } from '../kit/live'
import { Facts, PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { searchHref } from '../kit/query'
import { useMay } from '../kit/session'
import { ActionError, EmptyState, Loaded } from '../kit/states'
import { StatusTag } from '../kit/status'
import { AgoText, TimeText } from '../kit/TimeText'
import { vaultWords } from './i18n'

const VERIFY_KEY = ['vault', 'verify']
const POLL_RUNNING_MS = 1_000

export default function Integrity() {
  const words = useWords(vaultWords).integrity
  const poll = usePollWhenBroken()
  const columns = useStreamColumns()
  const streams = useQuery({ queryKey: ['vault', 'streams'], queryFn: () => take(api.GET('/api/v1/vault/streams')), refetchInterval: poll || 30_000 })
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Verification />
      <Panel flush title={words.streams}>
        <DataTable<StreamInfo>
          label={words.streams}
          rows={streams.data && filledFirst(streams.data.items)}
          columns={columns}
          rowKey={(row) => row.stream}
          query={streams}
          empty={<EmptyState title={words.emptyStreams} why={words.emptyStreamsWhy} />}
        />
      </Panel>
      {streams.data && (
        <Panel title={words.key}>
          <p className="muted panel-lead">{words.keyAbout}</p>
          <Mono text={streams.data.site_vkey} />
        </Panel>
      )}
    </>
  )
}

/** Streams with records first; the others wait for capabilities that are not installed. */
function filledFirst(streams: StreamInfo[]): StreamInfo[] {
  return [...streams.filter((stream) => stream.size > 0), ...streams.filter((stream) => stream.size === 0)]
}

function Verification() {
  const words = useWords(vaultWords).integrity
  const may = useMay()
  const queryClient = useQueryClient()
  const run = useQuery({
    queryKey: VERIFY_KEY,
    queryFn: () => take(api.GET('/api/v1/vault/verify')),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_RUNNING_MS : false),
  })
  const start = useMutation({
    mutationFn: () => take(api.POST('/api/v1/vault/verify')),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: VERIFY_KEY }),
  })
  const running = run.data?.state === 'running'
  const ranBefore = run.data !== undefined && run.data.state !== 'never'
  return (
    <Panel
      title={words.verify}
      extra={
        may(MAY.vaultVerify) ? (
          <Button type="primary" loading={start.isPending || running} onClick={() => start.mutate()} data-testid="verify-all">
            {running ? words.running : ranBefore ? words.restart : words.start}
          </Button>
        ) : (
          <span className="muted">{words.byAuditor}</span>
        )
      }
    >
      <p className="muted panel-lead">{words.verifyAbout}</p>
      <ActionError error={start.error} />
      <Loaded query={run} lines={2}>{(data) => <RunView run={data} />}</Loaded>
    </Panel>
  )
}

function RunView({ run }: { run: VerifyRun }) {
  const words = useWords(vaultWords).integrity
  if (run.state === 'running') {
    return (
      <div aria-live="polite">
        <Progress percent={Math.floor(run.progress * 100)} status="active" aria-label={words.running} />
        <p className="muted figures">
          {words.records} {formatCount(run.records)}
        </p>
      </div>
    )
  }
  if (run.state === 'never') return <StatusTag meaning="off">{words.never}</StatusTag>
  const bad = run.findings.filter((finding) => finding.word !== 'OK')
  return (
    <div data-testid="verify-result" data-findings={bad.length}>
      <p className="verify-verdict">{bad.length === 0 ? <StatusTag meaning="ok">{words.ok}</StatusTag> : <StatusTag meaning="critical">{words.bad(bad.length)}</StatusTag>}</p>
      <Facts
        columns={3}
        items={[
          { label: words.records, value: <span className="figures">{formatCount(run.records)}</span> },
          { label: words.seconds, value: <span className="figures">{run.seconds.toFixed(2)} s</span> },
          { label: words.finished, value: <TimeText us={run.finished_at} /> },
        ]}
      />
      {bad.length > 0 && <Findings findings={bad} />}
    </div>
  )
}

function Findings({ findings }: { findings: VerifyRun['findings'] }) {
  const words = useWords(vaultWords).integrity
  return (
    <table className="field-table">
      <thead>
        <tr>
          <th scope="col">{words.finding}</th>
          <th scope="col">{words.exit}</th>
          <th scope="col">{words.line}</th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding) => (
          <tr key={finding.line}>
            <td>
              <StatusTag meaning="critical">{words.words[finding.word] ?? finding.word}</StatusTag>
            </td>
            <td className="figures">{finding.code}</td>
            <td>
              <code>{finding.line}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function useStreamColumns(): Columns<StreamInfo> {
  const words = useWords(vaultWords).integrity
  const names = useWords(shared).streams as Record<string, string>
  return [
    {
      title: words.stream,
      key: 'stream',
     
      render: (_, row) => (
        <Link to={searchHref({ q: `stream:${row.stream}`, range: { preset: '7d' } })}>
          {names[row.stream] ?? row.stream} <code className="muted">{row.stream}</code>
        </Link>
      ),
    },
    { title: words.size, key: 'size', align: 'right', render: (_, row) => <span className="figures">{formatCount(row.size)}</span> },
    { title: words.bytes, key: 'bytes', align: 'right', render: (_, row) => <span className="figures">{formatBytes(row.bytes)}</span> },
    {
      title: words.span,
      key: 'span',
     
      render: (_, row) =>
        row.first_at == null ? (
          '—'
        ) : (
          <span className="stacked">
            <TimeText us={row.first_at} />
            <span>
              – <TimeText us={row.last_at} />
            </span>
          </span>
        ),
    },
    { title: words.checkpoint, key: 'checkpoint', render: (_, row) => <Covered stream={row} /> },
    { title: words.fingerprint, key: 'fingerprint', render: (_, row) => (row.fingerprint ? <Mono text={row.fingerprint} /> : '—') },
    { title: words.root, key: 'root', render: (_, row) => <code className="hash-short" title={row.root}>{row.root}</code> },
  ]
}

/** A checkpoint signs the stream; after a restart its time is not known, though the checkpoint is. */
export function isCovered(stream: Pick<StreamInfo, 'checkpoint_size' | 'fingerprint'>): boolean {
  return stream.checkpoint_size > 0 || (stream.fingerprint ?? '') !== ''
}

function Covered({ stream }: { stream: StreamInfo }) {
  const words = useWords(vaultWords).integrity
  if (!isCovered(stream)) return <StatusTag meaning="off">{words.none}</StatusTag>
  const open = stream.size - stream.checkpoint_size
  return (
    <span className="stacked">
      <span>
        <StatusTag meaning="ok">{words.covered}</StatusTag> <span className="figures">{formatCount(stream.checkpoint_size)}</span> · {stream.checkpoint_at == null ? <span className="muted">{words.timeUnknown}</span> : <AgoText us={stream.checkpoint_at} />}
      </span>
      {open > 0 && <span className="muted figures">{words.uncovered(formatCount(open))}</span>}
    </span>
  )
}
