import { useQuery } from '@tanstack/react-query'
import { api, take } from '../../api/client'
import { Problem } from '../../api/problem'
import { shared, useWords } from '../../i18n'
import { Chart } from '../../kit/Chart'
import { formatCount } from '../../kit/number'
import { histogramStep, type Span } from '../../kit/range'
import { Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { DAY_US, formatTime } from '../../kit/time'
import { vaultWords } from '../i18n'

const BARS = 60

/** How many records match, over the time of the search; a bar leads into its own time. */
export function CountChart({ q, span, onSpan }: { q: string; span: Span; onSpan: (span: Span) => void }) {
  const words = useWords(vaultWords).search
  const { common, error } = useWords(shared)
  const step = histogramStep(span, BARS)
  const histogram = useQuery({
    queryKey: ['vault', 'histogram', q, span.from, span.to, step],
    queryFn: () => take(api.GET('/api/v1/vault/histogram', { params: { query: { q, from: span.from, to: span.to, step_us: step } } })),
    placeholderData: (before) => before,
  })
  // A query that cannot be read fails twice, here and in the results, which say why.
  if (histogram.error instanceof Problem && histogram.error.status === 400) return null
  return (
    <Loaded query={histogram} lines={3}>
      {({ buckets, complete }) => {
        const style = span.to - span.from > DAY_US ? 'minute' : 'clockMinute'
        const totals = buckets.map((bucket) => Object.values(bucket.counts).reduce((sum, count) => sum + count, 0))
        const names = buckets.map((bucket) => formatTime(bucket.at, style))
        return (
          <>
            {!complete && <StatusTag meaning="high">{error.partial}</StatusTag>}
            <Chart
              label={words.histogram}
              height={132}
              onPick={(index) => {
                const bucket = buckets[index]
                if (bucket) onSpan({ from: bucket.at, to: bucket.at + step })
              }}
              table={{ columns: [common.time, words.histogram], rows: buckets.map((bucket, index) => [formatTime(bucket.at), formatCount(totals[index] ?? 0)]) }}
              option={(palette) => ({
                aria: { enabled: true, label: { description: words.histogram } },
                animation: false,
                grid: { left: 8, right: 8, top: 26, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
                tooltip: { trigger: 'axis', backgroundColor: palette.ground, borderColor: palette.line, textStyle: { color: palette.text } },
                xAxis: { type: 'category', data: names, axisLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.text }, axisTick: { show: false } },
                yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 2, axisLabel: { color: palette.text }, splitLine: { lineStyle: { color: palette.split } } },
                series: [{ type: 'bar', name: words.histogram, data: totals, itemStyle: { color: palette.traffic }, barCategoryGap: '25%' }],
              })}
            />
          </>
        )
      }}
    </Loaded>
  )
}
