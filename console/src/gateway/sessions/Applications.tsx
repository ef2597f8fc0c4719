import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, take } from '../../api/client'
import type { GuardedApplication } from '../../api/types'
import { useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { LOWEST_PRIORITY, useRanks } from '../../kit/ranks'
import { EmptyState, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { everyPage } from '../traffic/rows'
import { guardedWords } from './i18n'
import './sessions.css'

/** How often sessions and figures are asked for: nobody tells that they changed. */
export const LOOK_MS = 10_000

/** From this share of its sessions on an application is nearly full. */
const NEARLY_FULL = 0.8

/** Guarded applications and how they fare. */
export function Applications() {
  const words = useWords(guardedWords)
  const list = useQuery({
    queryKey: ['gateway', 'applications'],
    queryFn: () => everyPage((cursor) => take(api.GET('/api/v1/gateway/applications', { params: { query: { limit: 500, cursor } } }))),
    refetchInterval: LOOK_MS,
  })
  return (
    <Panel title={words.applications}>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={words.noApplications} why={words.noApplicationsWhy} action={<Link to="/gateway/guards">{words.toGuards}</Link>} />
          ) : (
            <ul className="application-cards">
              {items.map((application) => (
                <Card key={application.name} application={application} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Card({ application }: { application: GuardedApplication }) {
  const words = useWords(guardedWords)
  const ranks = useRanks()
  const { name, guard, sessions, max_sessions, requests, p95_ms, error_ppm, admits_up_to } = application
  const said = words.sessionsOf(formatCount(sessions), formatCount(max_sessions))
  return (
    <li className="application-card">
      <div className="application-head">
        <h3>{name}</h3>
        {admits_up_to < LOWEST_PRIORITY ? <StatusTag meaning="critical">{words.admits(ranks.priority(admits_up_to))}</StatusTag> : <StatusTag meaning="ok">{words.admitsAll}</StatusTag>}
      </div>
      <span className="muted">
        {words.guard} <Link to={`/gateway/guards?q=${encodeURIComponent(guard)}`}>{guard}</Link>
      </span>
      <span className="figures">{said}</span>
      <Meter label={said} used={sessions} most={max_sessions} />
      {requests == null ? (
        <span className="muted">{words.tooFew}</span>
      ) : (
        <dl className="application-figures figures">
          <Fact label={words.p95} value={p95_ms == null ? '—' : `${formatCount(p95_ms)} ms`} />
          <Fact label={words.errors} value={error_ppm == null ? '—' : percentText(error_ppm)} />
          <Fact label={words.requests} value={formatCount(requests)} />
        </dl>
      )}
    </li>
  )
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Meter({ label, used, most }: { label: string; used: number; most: number }) {
  const share = most > 0 ? Math.min(1, used / most) : 0
  const tone = share >= 1 ? 'full' : share >= NEARLY_FULL ? 'near' : undefined
  return (
    <div className="meter" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={most} aria-valuenow={Math.min(used, most)}>
      <span className={tone} style={{ width: `${share * 100}%` }} />
    </div>
  )
}

/** `0.25 %` of parts per million; what is there is never shown as nothing. */
export function percentText(ppm: number): string {
  if (ppm > 0 && ppm < 100) return '< 0.01 %'
  return `${(ppm / 10_000).toFixed(ppm > 0 && ppm < 10_000 ? 2 : 1)} %`
}
