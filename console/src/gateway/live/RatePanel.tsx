import { useEffect, useState } from 'react'
import { shared, useWords } from '../../i18n'
import { Chart, type ChartPalette } from '../../kit/Chart'
import { formatCount } from '../../kit/number'
import { Panel } from '../../kit/Page'
import { StateIcon, type Meaning } from '../../kit/status'
import { formatTime, nowUs } from '../../kit/time'
import { liveWords } from './i18n'
import { CLASSES, requestsOf, type RateBook, type RateWindow, type StatusClass } from './rate'

const TICK_MS = 1_000

const MEANINGS: Record<StatusClass, Meaning> = { '2xx': 'ok', '3xx': 'low', '4xx': 'medium', '5xx': 'critical', none: 'off', attack: 'high' }

/** The last minute, looked at again each second. */
function useWindow(book: RateBook): RateWindow {
  const [now, setNow] = useState(nowUs)
  useEffect(() => {
    const timer = setInterval(() => setNow(nowUs()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return book.window(now)
}

interface RatePanelProps {
  book: RateBook
  /** Narrows the page to a class. */
  onPick: (chosen: StatusClass) => void
}

/** Requests of each second of the last minute, and how they ended. */
export function RatePanel({ book, onPick }: RatePanelProps) {
  const words = useWords(liveWords)
  const last = useWindow(book)
  return (
    <div className="live-grid">
      <Panel title={words.rate} extra={<RateFigure last={last} />}>
        <RateChart last={last} />
      </Panel>
      <Panel title={words.byClass} extra={<span className="muted">{last.known > 0 ? words.lastSeconds(last.known) : words.unknown}</span>}>
        <ul className="class-counts">
          {CLASSES.map((each) => (
            <li key={each}>
              <ClassCount name={words.classes[each]} meaning={MEANINGS[each]} count={last.known === 0 ? undefined : last.total[each]} onPick={each === 'none' ? null : () => onPick(each)} />
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}

function RateFigure({ last }: { last: RateWindow }) {
  const words = useWords(liveWords)
  if (last.known === 0) return <span className="muted">{words.unknown}</span>
  return (
    <>
      <span className="muted">{words.known(last.known)}</span>
      <span className="rate-figure figures">
        {(requestsOf(last.total) / last.known).toFixed(1)} <span className="figure-unit">{words.perSecond}</span>
      </span>
    </>
  )
}

function countText(count: number | undefined): string {
  return count === undefined ? '—' : formatCount(count)
}

function ClassCount({ name, meaning, count, onPick }: { name: string; meaning: Meaning; count: number | undefined; onPick: (() => void) | null }) {
  const words = useWords(liveWords)
  const inside = (
    <>
      <StateIcon meaning={meaning} />
      <span className="class-name">{name}</span>
      <span className="figures">{countText(count)}</span>
    </>
  )
  if (onPick === null) return <span className="class-count">{inside}</span>
  return (
    <button type="button" className="class-count" title={words.onlyThis(name)} onClick={onPick}>
      {inside}
    </button>
  )
}

function RateChart({ last }: { last: RateWindow }) {
  const words = useWords(liveWords)
  const { common } = useWords(shared)
  const shown = CLASSES.filter((each) => each !== 'none' || last.total.none > 0)
  return (
    <Chart
      label={words.rateLabel}
      height={176}
      table={{
        columns: [common.time, ...shown.map((each) => words.classes[each])],
        rows: last.seconds.map(({ at, counts }) => [formatTime(at, 'clock'), ...shown.map((each) => countText(counts?.[each]))]),
      }}
      option={(palette) => rateOption(palette, last, shown, words.classes, words.rateLabel)}
    />
  )
}

function colours(palette: ChartPalette): Record<StatusClass, string> {
  const [, blue = '', yellow = '', , , red = '', grey = ''] = palette.series
  return { '2xx': palette.traffic, '3xx': blue, '4xx': yellow, '5xx': red, none: grey, attack: palette.observed }
}

function rateOption(palette: ChartPalette, last: RateWindow, shown: StatusClass[], names: Record<StatusClass, string>, label: string) {
  const text = { color: palette.text, fontSize: 12 }
  const colour = colours(palette)
  const data = (each: StatusClass) => last.seconds.map(({ counts }) => (counts === null ? '-' : counts[each]))
  // Attacks are marks above the requests that carried them; a second without any has none.
  const marks = last.seconds.map(({ counts }) => (counts === null || counts.attack === 0 ? '-' : counts.attack))
  return {
    aria: { enabled: true, label: { description: label } },
    animation: false,
    textStyle: text,
    legend: { top: 0, right: 0, left: 90, itemHeight: 8, itemWidth: 14, textStyle: text },
    tooltip: { trigger: 'axis', backgroundColor: palette.ground, borderColor: palette.line, textStyle: { color: palette.text } },
    grid: { left: 36, right: 8, top: 30, bottom: 22 },
    xAxis: { type: 'category', data: last.seconds.map(({ at }) => formatTime(at, 'clock')), axisLine: { lineStyle: { color: palette.line } }, axisLabel: { ...text, interval: 9 }, axisTick: { show: false } },
    yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3, axisLabel: text, splitLine: { lineStyle: { color: palette.split } } },
    series: shown.map((each) =>
      each === 'attack'
        ? { type: 'line', name: names[each], data: marks, symbol: 'triangle', symbolSize: 10, showAllSymbol: true, lineStyle: { width: 0 }, itemStyle: { color: colour[each], borderColor: palette.ground, borderWidth: 1 } }
        : { type: 'bar', name: names[each], stack: 'requests', data: data(each), itemStyle: { color: colour[each] }, barCategoryGap: '15%' },
    ),
  }
}
