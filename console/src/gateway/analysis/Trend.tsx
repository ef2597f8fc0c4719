import { Segmented } from 'antd'
import { shared, useWords } from '../../i18n'
import { Chart, type ChartPalette } from '../../kit/Chart'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { type Span } from '../../kit/range'
import { EmptyState, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { DAY_US, formatTime, HOUR_US, MINUTE_US, SECOND_US } from '../../kit/time'
import { FIELDS } from '../events/filters'
import { useValueName, type Filters } from '../events/useFilters'
import { analysisWords } from './i18n'
import { useCounts, type Question } from './questions'
import { seriesOf, sum, trendStep, type Series } from './trend'

/** What the trend can be split by. */
export const SPLITS = ['category', 'object', 'source', 'action'] as const
export type Split = (typeof SPLITS)[number]

export function isSplit(text: string | null): text is Split {
  return SPLITS.some((split) => split === text)
}

const HEIGHT = 240

function useStepText(step: number): string {
  const words = useWords(analysisWords).step
  if (step >= DAY_US) return words.day
  if (step >= HOUR_US) return words.hours(step / HOUR_US)
  return step >= MINUTE_US ? words.minutes(step / MINUTE_US) : words.seconds(step / SECOND_US)
}

/** A moment on an axis: with its day when there are several, to the second when bars are shorter than a minute. */
export function axisTime(at: number, span: Span): string {
  if (span.to - span.from > DAY_US) return formatTime(at, 'minute').slice(5)
  return formatTime(at, trendStep(span) < MINUTE_US ? 'clock' : 'clockMinute')
}

interface TrendProps {
  question: Question
  split: Split
  onSplit: (split: Split) => void
  onSpan: (span: Span) => void
  filters: Filters
}

/** Attacks over time, stacked by what a person asks for. A bar leads into its own time, a name into its own records. */
export function Trend({ question, split, onSplit, onSpan, filters }: TrendProps) {
  const words = useWords(analysisWords)
  const { common, error } = useWords(shared)
  const nameOf = useValueName()
  const step = trendStep(question.span)
  const label = words.trendLabel(words.splits[split], useStepText(step))
  const counts = useCounts(question, step, FIELDS[split])
  const seriesName = (series: Series) => (series.key === null ? words.rest : nameOf({ key: split, value: series.key }))
  return (
    <Panel
      title={words.trend}
      extra={<Segmented aria-label={words.split} size="small" value={split} options={SPLITS.map((value) => ({ value, label: words.splits[value] }))} onChange={onSplit} />}
    >
      <div className="analysis-trend">
        <Loaded query={counts} lines={8}>
          {({ buckets, complete }) => {
            const all = seriesOf(buckets)
            if (all.length === 0) return <EmptyState title={words.empty} why={words.emptyWhy} />
            return (
              <>
                {!complete && <StatusTag meaning="high">{error.partial}</StatusTag>}
                <Chart
                  label={label}
                  height={HEIGHT}
                  onPick={(index) => {
                    const at = buckets[index]?.at
                    if (at !== undefined) onSpan({ from: at, to: at + step })
                  }}
                  table={{
                    columns: [common.time, ...all.map(seriesName)],
                    rows: buckets.map(({ at }, index) => [formatTime(at), ...all.map((series) => formatCount(series.counts[index] ?? 0))]),
                  }}
                  option={(palette) => trendOption(palette, { label, times: buckets.map(({ at }) => axisTime(at, question.span)), all, seriesName })}
                />
                <SeriesLegend all={all} split={split} nameOf={seriesName} filters={filters} />
              </>
            )
          }}
        </Loaded>
      </div>
    </Panel>
  )
}

/** Names and totals of the series: each is the button that filters by it. */
function SeriesLegend({ all, split, nameOf, filters }: { all: Series[]; split: Split; nameOf: (series: Series) => string; filters: Filters }) {
  const words = useWords(analysisWords)
  return (
    <ul className="series-legend">
      {all.map((series, index) => {
        const value = series.key ?? ''
        const inside = (
          <>
            <span className={`series-mark series-${index}`} aria-hidden="true" />
            {nameOf(series)} <span className="figures muted">{formatCount(sum(series.counts))}</span>
          </>
        )
        return (
          <li key={series.key ?? '*'}>
            {value === '' ? (
              <span className="series-name">{inside}</span>
            ) : (
              <button type="button" className="series-name" title={words.filterBy(nameOf(series))} onClick={() => filters.add({ key: split, value })}>
                {inside}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

interface TrendData {
  label: string
  times: string[]
  all: Series[]
  seriesName: (series: Series) => string
}

function trendOption(palette: ChartPalette, { label, times, all, seriesName }: TrendData) {
  const text = { color: palette.text, fontSize: 12 }
  return {
    aria: { enabled: true, label: { description: label } },
    animation: false,
    textStyle: text,
    tooltip: { trigger: 'axis', backgroundColor: palette.ground, borderColor: palette.line, textStyle: { color: palette.text } },
    grid: { left: 8, right: 8, top: 28, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: { type: 'category', data: times, axisLine: { lineStyle: { color: palette.line } }, axisLabel: text, axisTick: { show: false } },
    yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3, axisLabel: text, splitLine: { lineStyle: { color: palette.split } } },
    series: all.map((series, index) => ({
      type: 'bar',
      name: seriesName(series),
      stack: 'attacks',
      data: series.counts,
      itemStyle: { color: palette.series[index], borderColor: palette.ground, borderWidth: 0.5 },
      barCategoryGap: '20%',
    })),
  }
}
