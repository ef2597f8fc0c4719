import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { shared, useWords } from '../../i18n'
import { formatCount } from '../../kit/number'
import { Figure, PageHead, Panel } from '../../kit/Page'
import { searchHref } from '../../kit/query'
import { rangeFromParams, rangeToParams, resolveRange, type TimeRange } from '../../kit/range'
import { EmptyState, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { TimeRangePicker } from '../../kit/TimeRangePicker'
import { FilterBar, useCategories } from '../events/FilterBar'
import { FIELDS, queryOf } from '../events/filters'
import { AT_ONCE, useFilters } from '../events/useFilters'
import { AttackList } from './AttackList'
import { flowOf, isStopped } from './flow'
import { FlowMap } from './FlowMap'
import { Heat } from './Heat'
import { analysisWords } from './i18n'
import { useCounted } from './useCounted'
import { ATTACKS, MOST_VALUES, useCounts, useNewest, useTop, type Question } from './questions'
import { Top } from './Tops'
import { isSplit, Trend, type Split } from './Trend'
import { totalOf, trendStep } from './trend'
import './analysis.css'

const ACTIONS = ['block', 'challenge', 'observe', 'pass'] as const

/** The range in the address, taken at the moment it was chosen, so that all pictures speak of the same time. */
function useQuestion(range: TimeRange, q: string): { question: Question; again: () => void } {
  const key = JSON.stringify(range)
  const [asked, setAsked] = useState(0)
  // oxlint-disable-next-line react/exhaustive-deps -- `asked` is the wish to look at the clock again
  const span = useMemo(() => resolveRange(JSON.parse(key) as TimeRange), [key, asked])
  return { question: { q, span }, again: () => setAsked((times) => times + 1) }
}

export default function Analysis() {
  const words = useWords(analysisWords)
  const { common } = useWords(shared)
  const [params, setParams] = useSearchParams()
  const filters = useFilters()
  const range = rangeFromParams(params, 'today')
  const { question, again } = useQuestion(range, queryOf(ATTACKS, filters.all))
  const by = params.get('by')
  const split = isSplit(by) ? by : 'category'
  const change = (edit: (next: URLSearchParams) => void) => {
    const next = new URLSearchParams(params)
    edit(next)
    setParams(next, AT_ONCE)
  }
  const setRange = (chosen: TimeRange) => change((next) => rangeToParams(chosen, next))
  return (
    <>
      <PageHead
        title={words.title}
        about={words.about}
        actions={
          <span className="row-actions">
            <TimeRangePicker value={range} onChange={setRange} />
            <Button onClick={again}>{common.refresh}</Button>
          </span>
        }
      />
      <Panel>
        <AnalysisFilters question={question} filters={filters} />
      </Panel>
      <Figures question={question} range={range} />
      <div className="analysis-grid">
        <Trend question={question} split={split} onSplit={(chosen: Split) => change((next) => next.set('by', chosen))} onSpan={setRange} filters={filters} />
        <Heat question={question} onSpan={setRange} filters={filters} />
      </div>
      <AttackMap question={question} range={range} filters={filters} />
      <div className="analysis-tops">
        {(['object', 'category', 'source', 'rule', 'path'] as const).map((key) => (
          <Top key={key} by={key} question={question} range={range} filters={filters} />
        ))}
      </div>
      <AttackList question={question} range={range} onWiden={() => setRange({ preset: '7d' })} />
    </>
  )
}

type Filters = ReturnType<typeof useFilters>

function AnalysisFilters({ question, filters }: { question: Question; filters: Filters }) {
  const categories = useCategories()
  const objects = useTop(question, FIELDS.object, MOST_VALUES)
  const choices = { object: (objects.data?.items ?? []).map(({ value }) => value), category: categories, action: ACTIONS }
  return <FilterBar filters={filters} choices={choices} typed={['source', 'contains']} />
}

interface MapProps {
  question: Question
  range: TimeRange
  filters: Filters
}

function AttackMap({ question, range, filters }: MapProps) {
  const words = useWords(analysisWords)
  const newest = useNewest(question)
  const counted = useCounted(question)
  const { partial } = useWords(shared).error
  const rows = newest.data?.rows
  const flow = useMemo(() => flowOf(rows ?? []), [rows])
  return (
    <Panel
      className="analysis-map"
      title={words.map}
      extra={
        <>
          <span className="muted">{counted}</span>
          <Link to={searchHref({ q: question.q, range })}>{words.records}</Link>
        </>
      }
    >
      <Loaded query={newest} lines={12}>
        {({ complete }) => {
          if (flow.total === 0) return <EmptyState title={words.empty} why={words.emptyWhy} />
          return (
            <>
              <div className="flow-heads" aria-hidden="true">
                <span>
                  {words.mapColumns.source} <span className="muted">{words.mapGrouping[flow.grouping]}</span>
                </span>
                <span>{words.mapColumns.category}</span>
                <span>{words.mapColumns.object}</span>
              </div>
              {!complete && <StatusTag meaning="high">{partial}</StatusTag>}
              <FlowMap flow={flow} q={question.q} range={range} filters={filters} />
            </>
          )
        }}
      </Loaded>
    </Panel>
  )
}

/** What is not known is not nothing. */
function countText(count: number | null): string {
  return count === null ? '—' : formatCount(count)
}

function valuesText(items: readonly unknown[] | undefined): string {
  return items === undefined ? '—' : `${items.length >= MOST_VALUES ? '≥ ' : ''}${formatCount(items.length)}`
}

/** Whole counts of the range, each one click from its records. */
function Figures({ question, range }: { question: Question; range: TimeRange }) {
  const words = useWords(analysisWords)
  const counts = useCounts(question, trendStep(question.span), FIELDS.action)
  const sources = useTop(question, FIELDS.source, MOST_VALUES)
  const objects = useTop(question, FIELDS.object, MOST_VALUES)
  const buckets = counts.data?.buckets
  const actions = Array.from(new Set((buckets ?? []).flatMap((bucket) => Object.keys(bucket.counts))))
  const sum = (wanted: boolean) => (buckets === undefined ? null : actions.filter((action) => isStopped(action) === wanted).reduce((all, action) => all + totalOf(buckets, action), 0))
  const [blocked, passed] = [sum(true), sum(false)]
  const href = (...terms: string[]) => searchHref({ q: [question.q, ...terms].join(' '), range })
  const stopped = '(event.action:=block OR event.action:=challenge OR event.action:=deny)'
  return (
    <div className="figure-row five">
      <Figure label={words.attacks} value={buckets === undefined ? '—' : formatCount(totalOf(buckets))} href={href()} />
      <Figure label={words.blocked} tone="good" value={countText(blocked)} href={href(stopped)} />
      <Figure label={words.passed} tone={passed !== null && passed > 0 ? 'bad' : 'plain'} value={countText(passed)} note={passed !== null && passed > 0 ? words.passedNote : undefined} href={href(`NOT ${stopped}`)} />
      <Figure label={words.sources} value={valuesText(sources.data?.items)} href={href()} />
      <Figure label={words.objects} value={valuesText(objects.data?.items)} href={href()} />
    </div>
  )
}
