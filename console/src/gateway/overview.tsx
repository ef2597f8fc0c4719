import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, take } from '../api/client'
import type { Histogram } from '../api/types'
import { useWords } from '../i18n'
import { useEventWords } from '../kit/event-words'
import { formatCount } from '../kit/number'
import { Figure, PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { allOf, fieldIs, searchHref } from '../kit/query'
import { histogramStep, rangeFromParams, rangeToParams, resolveRange, type Span, type TimeRange } from '../kit/range'
import { useMay } from '../kit/session'
import { HOUR_US, MINUTE_US } from '../kit/time'
import { TimeRangePicker } from '../kit/TimeRangePicker'
import { useLatest } from '../kit/useLatest'
import { gatewayWords } from './i18n'
import { ATTACKS, LiveAttacks } from './parts/LiveAttacks'
import { alignCounts, Timeline } from './parts/Timeline'
import { TopList } from './parts/TopList'

const REQUESTS = 'stream:access'
const BARS = 60

/** Figures are asked again at this pace, and a moment after an attack arrives; in a flood, no oftener than each 5 s. */
const REFRESH_MS = 30_000
const AFTER_ARRIVAL_MS = 1_000
const FLOOD_MS = 5_000

/** The span of the range, moved along with the clock. */
function useMovingSpan(range: TimeRange): { span: Span; refresh: () => void } {
  const key = JSON.stringify(range)
  const [state, setState] = useState(() => ({ key, span: resolveRange(range) }))
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const movedAt = useRef(0)
  const moving = useLatest(() => setState({ key, span: resolveRange(range) }))
  if (state.key !== key) setState({ key, span: resolveRange(range) })
  useEffect(() => {
    const timer = setInterval(() => moving.current(), REFRESH_MS)
    return () => {
      clearInterval(timer)
      clearTimeout(pending.current)
    }
  }, [moving])
  const refresh = () => {
    const rest = movedAt.current + FLOOD_MS - Date.now()
    pending.current ??= setTimeout(() => {
      pending.current = undefined
      movedAt.current = Date.now()
      moving.current()
    }, Math.max(AFTER_ARRIVAL_MS, rest))
  }
  return { span: state.span, refresh }
}

function useHistogram(q: string, span: Span, step: number, by: string) {
  return useQuery({
    queryKey: ['vault', 'histogram', q, span.from, span.to, step, by],
    queryFn: () => take(api.GET('/api/v1/vault/histogram', { params: { query: { q, from: span.from, to: span.to, step_us: step, by } } })),
    placeholderData: keepPreviousData,
  })
}

function total(histogram: Histogram | undefined, key: string | null): number | null {
  if (histogram === undefined) return null
  const times = histogram.buckets.map((bucket) => bucket.at)
  return alignCounts(times, histogram, key).reduce((sum, count) => sum + count, 0)
}

function figureText(value: number | null): string {
  return value === null ? '—' : formatCount(value)
}

export default function Overview() {
  const words = useWords(gatewayWords).overview
  const names = useEventWords()
  const [params, setParams] = useSearchParams()
  const range = rangeFromParams(params, '1h')
  const { span, refresh } = useMovingSpan(range)
  const step = histogramStep(span, BARS)
  const requests = useHistogram(REQUESTS, span, step, 'event.action')
  const attacks = useHistogram(ATTACKS, span, step, 'event.action')
  const setRange = (chosen: TimeRange) => {
    const next = new URLSearchParams(params)
    rangeToParams(chosen, next)
    setParams(next, { replace: true })
  }
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={<TimeRangePicker value={range} onChange={setRange} custom={false} />} />
      <div className="figure-row six">
        <Figure label={words.requests} value={figureText(total(requests.data, null))} href={searchHref({ q: REQUESTS, range })} />
        <Figure label={words.blocked} tone="good" value={figureText(total(attacks.data, 'block'))} href={searchHref({ q: allOf(ATTACKS, fieldIs('event.action', 'block')), range })} />
        <ObservedFigure count={total(attacks.data, 'observe')} range={range} />
        <SourcesFigure span={span} range={range} />
        <GatewayFigures />
      </div>
      <div className="overview-grid">
        <div>
          <Panel title={<StepTitle step={step} />}>
            <Timeline requests={requests} attacks={attacks} span={span} step={step} />
          </Panel>
          <LiveAttacks range={range} span={span} onArrival={refresh} />
        </div>
        <div>
          <TopList title={words.topSources} field="source.ip" range={range} span={span} code limit={5} />
          <TopList title={words.topCategories} field="rule.category" range={range} span={span} nameOf={names.category} limit={6} />
          <TopList title={words.topRules} field="rule.id" range={range} span={span} code limit={8} noteOf={(id) => names.rule(id)} />
        </div>
      </div>
    </>
  )
}

function StepTitle({ step }: { step: number }) {
  const words = useWords(gatewayWords).overview
  if (step === MINUTE_US) return words.timeline
  if (step < MINUTE_US) return words.timelineStep(words.stepSeconds(step / 1_000_000))
  if (step < HOUR_US) return words.timelineStep(words.stepMinutes(step / MINUTE_US))
  return words.timelineStep(words.stepHours(step / HOUR_US))
}

function ObservedFigure({ count, range }: { count: number | null; range: TimeRange }) {
  const words = useWords(gatewayWords).overview
  const any = count !== null && count > 0
  return (
    <Figure
      label={words.observed}
      tone={any ? 'bad' : 'plain'}
      value={figureText(count)}
      note={any ? words.observedNote : undefined}
      href={searchHref({ q: allOf(ATTACKS, fieldIs('event.action', 'observe')), range })}
    />
  )
}

function SourcesFigure({ span, range }: { span: Span; range: TimeRange }) {
  const words = useWords(gatewayWords).overview
  const limit = 1000
  const top = useQuery({
    queryKey: ['vault', 'top', 'source.ip', 'count', span.from, span.to],
    queryFn: () => take(api.GET('/api/v1/vault/top', { params: { query: { q: ATTACKS, from: span.from, to: span.to, field: 'source.ip', limit } } })),
    placeholderData: keepPreviousData,
  })
  const count = top.data?.items.length ?? null
  return <Figure label={words.sources} value={count === limit ? `≥ ${formatCount(limit)}` : figureText(count)} href={searchHref({ q: ATTACKS, range })} />
}

/** Objects and upstreams; left out for accounts that may not see them. */
function GatewayFigures() {
  const words = useWords(gatewayWords).overview
  const may = useMay()
  const objects = useQuery({
    queryKey: ['gateway', 'objects'],
    queryFn: () => take(api.GET('/api/v1/gateway/objects')),
    enabled: may(MAY.gatewayObjectRead),
  })
  const status = useQuery({
    queryKey: ['gateway', 'status'],
    queryFn: () => take(api.GET('/api/v1/gateway/status')),
    enabled: may(MAY.gatewayStatusRead),
    refetchInterval: REFRESH_MS,
  })
  const members = status.data?.pools.flatMap((pool) => pool.members)
  const down = members?.filter((member) => member.state === 'down').length ?? 0
  const blocking = objects.data?.items.filter((object) => object.effective.mode.value === 'block').length ?? 0
  return (
    <>
      {may(MAY.gatewayObjectRead) && (
        <Figure label={words.objects} value={figureText(objects.data?.items.length ?? null)} note={objects.data && words.blocking(blocking)} href="/gateway/objects" />
      )}
      {may(MAY.gatewayStatusRead) && (
        <Figure
          label={words.upstreams}
          tone={down > 0 ? 'bad' : 'plain'}
          value={figureText(members?.length ?? null)}
          note={members && members.length > 0 && (down > 0 ? words.upstreamsDown(down) : words.upstreamsOk)}
          href="/gateway/status"
        />
      )}
    </>
  )
}
