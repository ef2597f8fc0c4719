import type { UseQueryResult } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import type { Histogram } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { Chart, type ChartPalette } from '../../kit/Chart'
import { formatCount } from '../../kit/number'
import { searchHref } from '../../kit/query'
import { Loaded } from '../../kit/states'
import { DAY_US, formatTime } from '../../kit/time'
import { gatewayWords } from '../i18n'
import { ATTACKS } from './LiveAttacks'

interface TimelineProps {
  requests: UseQueryResult<Histogram>
  attacks: UseQueryResult<Histogram>
  span: { from: number; to: number }
  step: number
}

/** Counts of one key (or all keys) per bucket, aligned with the buckets of the requests. */
export function alignCounts(times: number[], histogram: Histogram | undefined, key: string | null): number[] {
  const byTime = new Map((histogram?.buckets ?? []).map((bucket) => [bucket.at, bucket.counts]))
  return times.map((time) => {
    const counts = byTime.get(time)
    if (counts === undefined) return 0
    if (key !== null) return counts[key] ?? 0
    return Object.values(counts).reduce((sum, count) => sum + count, 0)
  })
}

/** Two pictures over one time axis, so that a few blocks are seen beside thousands of requests. */
export function Timeline({ requests, attacks, span, step }: TimelineProps) {
  const words = useWords(gatewayWords).overview
  const { common } = useWords(shared)
  const navigate = useNavigate()
  return (
    <Loaded query={requests} lines={7}>
      {(histogram) => {
        const times = histogram.buckets.map((bucket) => bucket.at)
        const style = span.to - span.from > DAY_US ? 'minute' : 'clockMinute'
        const all = alignCounts(times, histogram, null)
        const blocked = alignCounts(times, attacks.data, 'block')
        const observed = alignCounts(times, attacks.data, 'observe')
        return (
          <Chart
            label={words.timeline}
            height={214}
            onPick={(index) => {
              const at = times[index]
              if (at !== undefined) void navigate(searchHref({ q: ATTACKS, range: { from: at, to: at + step } }))
            }}
            table={{
              columns: [common.time, words.perStep, words.blockedSeries, words.observedSeries],
              rows: times.map((time, index) => [formatTime(time), formatCount(all[index] ?? 0), formatCount(blocked[index] ?? 0), formatCount(observed[index] ?? 0)]),
            }}
            option={(palette) => timelineOption(palette, { names: times.map((time) => formatTime(time, style)), all, blocked, observed, words })}
          />
        )
      }}
    </Loaded>
  )
}

interface TimelineData {
  names: string[]
  all: number[]
  blocked: number[]
  observed: number[]
  words: { perStep: string; blockedSeries: string; observedSeries: string; timeline: string }
}

function timelineOption(palette: ChartPalette, { names, all, blocked, observed, words }: TimelineData) {
  const text = { color: palette.text, fontSize: 12 }
  const valueAxis = { type: 'value', min: 0, minInterval: 1, splitNumber: 2, axisLabel: text, splitLine: { lineStyle: { color: palette.split } } }
  const timeAxis = { type: 'category', data: names, axisLine: { lineStyle: { color: palette.line } }, axisTick: { show: false } }
  return {
    aria: { enabled: true, label: { description: words.timeline } },
    animation: false,
    textStyle: text,
    legend: { top: 0, right: 8, itemHeight: 8, itemWidth: 14, textStyle: text, data: [words.perStep, words.blockedSeries, words.observedSeries] },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: { trigger: 'axis', backgroundColor: palette.ground, borderColor: palette.line, textStyle: { color: palette.text } },
    grid: [
      { left: 40, right: 12, top: 30, height: 68 },
      { left: 40, right: 12, top: 116, height: 72 },
    ],
    xAxis: [
      { ...timeAxis, gridIndex: 0, axisLabel: { show: false } },
      { ...timeAxis, gridIndex: 1, axisLabel: text },
    ],
    yAxis: [
      { ...valueAxis, gridIndex: 0 },
      { ...valueAxis, gridIndex: 1 },
    ],
    series: [
      {
        type: 'line',
        name: words.perStep,
        data: all,
        showSymbol: false,
        step: 'middle',
        lineStyle: { color: palette.traffic, width: 1.5 },
        itemStyle: { color: palette.traffic },
        areaStyle: { color: palette.traffic, opacity: 0.18 },
      },
      { type: 'bar', name: words.blockedSeries, stack: 'attacks', data: blocked, xAxisIndex: 1, yAxisIndex: 1, itemStyle: { color: palette.blocked }, barCategoryGap: '20%' },
      { type: 'bar', name: words.observedSeries, stack: 'attacks', data: observed, xAxisIndex: 1, yAxisIndex: 1, itemStyle: { color: palette.observed } },
    ],
  }
}
