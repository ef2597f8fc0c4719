import { LockOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Segmented, Tooltip } from 'antd'
import { useCallback, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, done, take } from '../../api/client'
import type { BanInput, GatewayBan } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { banDraft } from '../../kit/ban-link'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { formatCount } from '../../kit/number'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useLanguage } from '../../kit/preferences'
import { allOf, fieldIs, searchHref } from '../../kit/query'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { formatDuration, formatTime } from '../../kit/time'
import { TimeText, useNow } from '../../kit/TimeText'
import { trafficWords } from '../traffic/i18n'
import { FindBar } from '../traffic/parts'
import { everyPage, holds, useFind, useRows, type SortKeys } from '../traffic/rows'
import { BanForm } from './BanForm'
import { banWords } from './i18n'

const PATH = '/api/v1/gateway/bans'
/** Bans that are loaded, newest first. */
const MOST_BANS = 2_000
/** How often the refused are counted anew; that somebody was banned comes by a hint. */
const COUNT_MS = 15_000

const KEYS: SortKeys<GatewayBan> = {
  address: (row) => row.network,
  origin: (row) => row.origin,
  began: (row) => row.began_at,
  remaining: (row) => row.lifted_at ?? row.until_at,
  hits: (row) => row.hits,
}

/** One address stands without the length of its prefix. */
export function plainAddress(network: string): string {
  return network.replace(network.includes(':') ? /\/128$/ : /\/32$/, '')
}

/** Who is banned, since when, how long, by what; and bans by hand. */
export default function Bans() {
  const words = useWords(banWords)
  const traffic = useWords(trafficWords)
  const mayWrite = useMay()(MAY.gatewayBanWrite)
  const [params, setParams] = useSearchParams()
  const draft = banDraft(params)
  const [adding, setAdding] = useState(false)
  const [lifting, setLifting] = useState<GatewayBan | null>(null)
  const [find, setFind] = useFind()
  const active = find('view') !== 'all'
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const list = useQuery({
    queryKey: ['gateway', 'bans', active],
    queryFn: () => everyPage((cursor) => take(api.GET(PATH, { params: { query: { active, limit: 500, cursor } } })), MOST_BANS),
    placeholderData: (before) => before,
    refetchInterval: COUNT_MS,
  })
  const [q, origin] = [find('q'), find('origin')]
  const isWanted = useCallback((row: GatewayBan) => holds(q, row.network, row.reason, row.rule_name, row.object) && (origin === '' || row.origin === origin), [q, origin])
  const rows = useRows(list.data?.items, isWanted, KEYS, '-began')
  const close = () => {
    setAdding(false)
    setParams((before) => { const next = new URLSearchParams(before); next.delete('ban'); next.delete('request'); return next }, { replace: true })
  }
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway', 'bans'] })
  }
  const ban = useMutation({ mutationFn: (body: BanInput) => take(api.POST(PATH, { body })), onSuccess: () => { close(); return settled(words.banned) } })
  const lift = useMutation({ mutationFn: (row: GatewayBan) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: row.id } } })), onSuccess: () => { setLifting(null); return settled(words.lifted) } })
  const add = mayWrite && (
    <Button type="primary" danger icon={<LockOutlined />} onClick={() => { ban.reset(); setAdding(true) }}>
      {words.create}
    </Button>
  )
  const views = (['active', 'all'] as const).map((value) => ({ value, label: words.views[value] }))
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={add} />
      <Panel flush title={<Segmented size="small" value={active ? 'active' : 'all'} options={views} onChange={(view) => setFind('view', view === 'all' ? 'all' : '')} />} extra={<Finding found={rows.found} />}>
        <DataTable<GatewayBan>
          label={words.title}
          {...rows.table}
          columns={rows.columns(useColumns((row) => { lift.reset(); setLifting(row) }))}
          rowKey={(row) => row.id}
          query={list}
          footer={list.data && !list.data.isWhole && traffic.more(list.data.items.length)}
          empty={list.data?.items.length === 0 ? <EmptyState title={active ? words.empty : words.emptyAll} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
        />
      </Panel>
      {mayWrite && <BanForm key={draft?.address} open={adding || draft !== null} draft={draft} busy={ban.isPending} error={ban.error} onBan={(input) => ban.mutate(input)} onChange={ban.reset} onClose={close} />}
      <ConfirmType
        open={lifting !== null}
        title={words.liftTitle}
        name={plainAddress(lifting?.network ?? '')}
        consequence={words.liftConsequence}
        okText={words.lift}
        busy={lift.isPending}
        error={lift.error}
        onCancel={() => setLifting(null)}
        onConfirm={() => lifting && lift.mutate(lifting)}
      />
    </>
  )
}

function Finding({ found }: { found: GatewayBan[] | undefined }) {
  const words = useWords(banWords)
  const choices = [{ key: 'origin', label: words.origin, options: ['limit', 'rule', 'manual'].map((value) => ({ value, label: words.origins[value] ?? value })) }]
  const onExport = found && (() => ({
    name: words.fileName,
    head: [words.address, words.origin, words.reason, words.began, words.ends, words.hits],
    rows: found.map((row) => [plainAddress(row.network), [words.origins[row.origin] ?? row.origin, row.rule_name, row.author].filter(Boolean).join(' '), row.reason, formatTime(row.began_at), formatTime(row.lifted_at ?? row.until_at), String(row.hits)]),
  }))
  return <FindBar choices={choices} placeholder={words.find} onExport={onExport} />
}

function useColumns(onLift: (row: GatewayBan) => void): Columns<GatewayBan> {
  const words = useWords(banWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayBanWrite)
  const columns: Columns<GatewayBan> = [
    { title: words.address, key: 'address', render: (_, row) => <Address network={row.network} /> },
    { title: words.origin, key: 'origin', render: (_, row) => <Origin ban={row} /> },
    { title: words.reason, key: 'reason', responsive: ['lg'], render: (_, row) => row.reason || row.object || <span className="muted">—</span> },
    { title: words.began, key: 'began', responsive: ['md'], render: (_, row) => <TimeText us={row.began_at} /> },
    { title: words.remaining, key: 'remaining', render: (_, row) => <Remaining ban={row} /> },
    {
      title: <Tooltip title={words.hitsHelp}>{words.hits}</Tooltip>,
      key: 'hits',
      align: 'right',
      responsive: ['md'],
      render: (_, row) => <span className="figures">{words.requests(formatCount(row.hits))}</span>,
    },
    { title: words.evidence, key: 'evidence', responsive: ['md'], render: (_, row) => <Evidence ban={row} /> },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) =>
      row.is_active && (
        <Button size="small" aria-label={`${words.lift} ${plainAddress(row.network)}`} onClick={() => onLift(row)}>
          {words.lift}
        </Button>
      ),
  })
  return columns
}

/** What else came from there. The vault finds single addresses, not blocks of them. */
function Address({ network }: { network: string }) {
  const address = plainAddress(network)
  if (address.includes('/')) return <code>{address}</code>
  return (
    <Link to={searchHref({ q: allOf('stream:waf', fieldIs('source.ip', address)), range: { preset: '7d' } })}>
      <code>{address}</code>
    </Link>
  )
}

/** Who decided it: a limit, a rule, or a person. */
function Origin({ ban }: { ban: GatewayBan }) {
  const words = useWords(banWords)
  const kind = words.origins[ban.origin] ?? ban.origin
  if (ban.origin === 'manual') return <span className="stacked"><span>{kind}</span><span className="muted">{words.by(ban.author)}</span></span>
  const page = ban.origin === 'limit' ? 'limits' : ban.origin === 'rule' ? 'rules' : null
  return (
    <span className="stacked">
      <span>{kind}</span>
      {page === null ? <code>{ban.rule_id}</code> : <Link to={`/gateway/${page}?q=${encodeURIComponent(ban.rule_name)}`}>{ban.rule_name || ban.rule_id}</Link>}
    </span>
  )
}

function Remaining({ ban }: { ban: GatewayBan }) {
  const words = useWords(banWords)
  const language = useLanguage()
  const now = useNow()
  if (ban.lifted_at != null) {
    return (
      <span className="stacked">
        <StatusTag meaning="off">{words.liftedBy(ban.lifted_by ?? '')}</StatusTag>
        <TimeText us={ban.lifted_at} />
      </span>
    )
  }
  return (
    <span className="stacked">
      {ban.until_at <= now ? <StatusTag meaning="off">{words.over}</StatusTag> : <StatusTag meaning="critical">{words.left(formatDuration(ban.until_at - now, language))}</StatusTag>}
      <TimeText us={ban.until_at} />
    </span>
  )
}

/** The request that earned it, and what the vault holds of the ban itself. */
function Evidence({ ban }: { ban: GatewayBan }) {
  const words = useWords(banWords)
  return (
    <span className="stacked">
      {ban.request_id !== '' && <Link to={searchHref({ q: fieldIs('http.request.id', ban.request_id), range: { preset: '7d' } })}>{words.request}</Link>}
      <Link to={searchHref({ q: allOf('stream:network', fieldIs('ban.value', ban.network)), range: { preset: '7d' } })}>{words.trail}</Link>
    </span>
  )
}
