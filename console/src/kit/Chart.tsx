import { Button } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import { shared, useWords } from '../i18n'
import { useTheme } from './preferences'
import { useLatest } from './useLatest'

export interface ChartTable {
  columns: string[]
  rows: string[][]
}

/** Colours of the charts, per theme; the same as the states of the console. */
export interface ChartPalette {
  text: string
  line: string
  split: string
  ground: string
  traffic: string
  blocked: string
  observed: string
  series: string[]
}

const LIGHT: ChartPalette = {
  text: '#4a5b66',
  line: '#b9c6ce',
  split: '#e7edf0',
  ground: '#ffffff',
  traffic: '#3b8f99',
  blocked: '#237804',
  observed: '#ad4e00',
  series: ['#0b6b75', '#0958d9', '#874d00', '#531dab', '#237804', '#cf1322', '#595959', '#ad4e00'],
}

const DARK: ChartPalette = {
  text: '#a9bac4',
  line: '#3a4952',
  split: '#232e34',
  ground: '#1c262b',
  traffic: '#4fb3bd',
  blocked: '#95de64',
  observed: '#ffa940',
  series: ['#4fb3bd', '#69b1ff', '#ffd666', '#b37feb', '#95de64', '#ff7875', '#bfbfbf', '#ffa940'],
}

interface ChartProps {
  /** A sentence that says what the picture shows, for people who do not see it. */
  label: string
  height: number
  option: (palette: ChartPalette) => EChartsCoreOption
  table: ChartTable
  /** Index of the bucket that was clicked. */
  onPick?: (index: number) => void
}

type Instance = ReturnType<typeof import('./chart-engine').init>

/** A chart, drawn by ECharts as SVG, with the same figures as a table behind a button. */
export function Chart({ label, height, option, table, onPick }: ChartProps) {
  const words = useWords(shared).common
  const theme = useTheme()
  const [asTable, setAsTable] = useState(false)
  const [engineFailed, setEngineFailed] = useState(false)
  const ground = useRef<HTMLDivElement>(null)
  const chart = useRef<Instance | null>(null)
  const pick = useLatest(onPick)
  const drawn = option(theme === 'dark' ? DARK : LIGHT)
  const latest = useLatest(drawn)

  useEffect(() => {
    const element = ground.current
    if (asTable || element === null) return
    let gone = false
    let observer: ResizeObserver | undefined
    import('./chart-engine')
      .then(({ init }) => {
        if (gone) return
        const instance = init(element, undefined, { renderer: 'svg' })
        chart.current = instance
        instance.setOption(latest.current)
        instance.getZr().on('click', (event: { offsetX: number; offsetY: number }) => {
          for (const gridIndex of [0, 1]) {
            if (!instance.containPixel({ gridIndex }, [event.offsetX, event.offsetY])) continue
            const [index] = instance.convertFromPixel({ gridIndex }, [event.offsetX, event.offsetY]) as number[]
            if (index !== undefined) pick.current?.(Math.round(index))
            return
          }
        })
        observer = new ResizeObserver(() => instance.resize())
        observer.observe(element)
      })
      .catch(() => setEngineFailed(true))
    return () => {
      gone = true
      observer?.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [asTable, latest, pick])

  useEffect(() => {
    chart.current?.setOption(drawn, { notMerge: true })
  })

  const showTable = asTable || engineFailed
  return (
    <figure className="chart" aria-label={label}>
      {showTable ? (
        <PlainTable table={table} height={height} label={label} />
      ) : (
        <div ref={ground} style={{ height }} className={onPick ? 'chart-ground pickable' : 'chart-ground'} />
      )}
      <figcaption>
        <Button type="link" size="small" onClick={() => setAsTable(!asTable)} disabled={engineFailed}>
          {showTable ? words.showChart : words.showTable}
        </Button>
      </figcaption>
    </figure>
  )
}

function PlainTable({ table, height, label }: { table: ChartTable; height: number; label: string }) {
  return (
    <div className="plain-table" style={{ height }} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, index) => (
                <td key={table.columns[index] ?? index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
