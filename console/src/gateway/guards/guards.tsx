import { useQuery } from '@tanstack/react-query'
import { api, done, take } from '../../api/client'
import type { Guard, GuardInput } from '../../api/types'
import { useWords } from '../../i18n'
import { type Columns } from '../../kit/DataTable'
import { formatCount } from '../../kit/number'
import { MAY } from '../../kit/permissions'
import { LOWEST_PRIORITY, useRanks } from '../../kit/ranks'
import { useMay } from '../../kit/session'
import { StatusTag } from '../../kit/status'
import { ItemPage } from '../parts/ItemPage'
import { useItems } from '../parts/useItems'
import { everyPage, type SortKeys } from '../traffic/rows'
import { valuesOf } from './guard-input'
import { GuardForm } from './GuardForm'
import { guardWords } from './i18n'

const PATH = '/api/v1/gateway/guards'

const CALLS = {
  page: (cursor: string | undefined) => take(api.GET(PATH, { params: { query: { limit: 500, cursor } } })),
  create: (body: GuardInput) => take(api.POST(PATH, { body })),
  update: (guard: Guard, body: GuardInput) => take(api.PUT(`${PATH}/{id}`, { params: { path: { id: guard.id }, query: { generation: guard.generation } }, body })),
  remove: (guard: Guard) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: guard.id } } })),
}

const KEYS: SortKeys<Guard> = {
  name: (row) => row.spec.name,
  sessions: (row) => valuesOf(row).max_sessions,
  idle: (row) => valuesOf(row).idle_minutes,
  areas: (row) => row.spec.areas?.length ?? 0,
}

/** Names that a row shows before it counts. */
const NAMES_SHOWN = 3

/** Guards: sign-in before applications that cannot be changed. */
export default function Guards() {
  const words = useWords(guardWords)
  const items = useItems<Guard, GuardInput>('guards', CALLS)
  const csv = {
    head: [words.onSecond, words.maxSessions, words.idle, words.areas],
    row: (guard: Guard) => {
      const { on_second, max_sessions, idle_minutes, areas } = valuesOf(guard)
      return [words.onSecondNames[on_second], String(max_sessions), String(idle_minutes), areas.map((area) => area.path_prefix).join(' ')]
    },
  }
  return (
    <ItemPage words={words} items={items} columns={useColumns()} keys={KEYS} csv={csv}>
      <GuardForm {...items.form} />
    </ItemPage>
  )
}

/** Names of the applications behind each guard; nothing where they may not be read. */
function useApplications() {
  const may = useMay()(MAY.gatewaySessionRead)
  const list = useQuery({
    queryKey: ['gateway', 'applications', 'names'],
    queryFn: () => everyPage((cursor) => take(api.GET('/api/v1/gateway/applications', { params: { query: { limit: 500, cursor } } }))),
    enabled: may,
  })
  return list.data && ((guard: Guard) => list.data.items.filter((application) => application.guard_id === guard.id).map((application) => application.name))
}

function useColumns(): Columns<Guard> {
  const words = useWords(guardWords)
  const ranks = useRanks()
  const applications = useApplications()
  return [
    {
      title: words.usedBy,
      key: 'used',
      responsive: ['md'],
      render: (_, row) => {
        const names = applications?.(row)
        if (names === undefined) return <span className="muted">—</span>
        if (names.length === 0) return <span className="muted">{words.notUsed}</span>
        return (
          <span className="stacked">
            {names.slice(0, NAMES_SHOWN).map((name) => (
              <span key={name}>{name}</span>
            ))}
            {names.length > NAMES_SHOWN && <span className="muted">{words.more(names.length)}</span>}
          </span>
        )
      },
    },
    { title: words.onSecond, key: 'second', responsive: ['lg'], render: (_, row) => words.onSecondNames[valuesOf(row).on_second] },
    { title: words.maxSessions, key: 'sessions', align: 'right', render: (_, row) => <span className="figures">{words.people(formatCount(valuesOf(row).max_sessions))}</span> },
    { title: words.idle, key: 'idle', align: 'right', responsive: ['md'], render: (_, row) => <span className="figures">{words.minutesOf(valuesOf(row).idle_minutes)}</span> },
    { title: words.areaColumn, key: 'areas', align: 'right', render: (_, row) => <span className="figures">{words.areaCount(row.spec.areas?.length ?? 0)}</span> },
    {
      title: words.admit,
      key: 'admit',
      render: (_, row) => {
        const { admit_up_to, allow_plain_http } = valuesOf(row)
        return (
          <span className="stacked">
            {admit_up_to < LOWEST_PRIORITY ? <StatusTag meaning="critical">{words.onlyAdmits(ranks.priority(admit_up_to))}</StatusTag> : <StatusTag meaning="ok">{words.admitAll}</StatusTag>}
            {allow_plain_http && <StatusTag meaning="high">{words.plainHttpTag}</StatusTag>}
          </span>
        )
      },
    },
  ]
}
