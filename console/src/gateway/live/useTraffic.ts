import { useEffect, useState } from 'react'
import { openStream, type StreamState } from '../../api/event-stream'
import type { EventRecord } from '../../api/types'
import { nowUs } from '../../kit/time'
import { mergeNewest, readRecord } from '../parts/useTail'
import { RateBook } from './rate'

/** Rows on the screen at most. */
export const KEPT_ROWS = 200

/** New records are gathered this long, so that a flood redraws the page a few times a second only. */
const FLUSH_MS = 250

export interface Traffic {
  rows: EventRecord[]
  state: StreamState
  /** Records that came since the page was opened, and those that the server left out because they came too fast. */
  arrived: number
  skipped: number
}

const NOTHING: Traffic = { rows: [], state: 'connecting', arrived: 0, skipped: 0 }

/** Follows the live tail of a query once it is known to be one. The query is the same as long as the component lives. */
export function useTraffic(q: string, isReadable: boolean): { traffic: Traffic; book: RateBook } {
  const [traffic, setTraffic] = useState(NOTHING)
  const [book] = useState(() => new RateBook())

  useEffect(() => {
    if (!isReadable) return
    let waiting: EventRecord[] = []
    let skipped = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      const fresh = waiting.slice(-KEPT_ROWS).reverse()
      const [came, left] = [waiting.length, skipped]
      waiting = []
      skipped = 0
      timer = undefined
      setTraffic((before) => ({ ...before, rows: mergeNewest(fresh, before.rows, KEPT_ROWS), arrived: before.arrived + came, skipped: before.skipped + left }))
    }
    const close = openStream(`/api/v1/vault/tail?q=${encodeURIComponent(q)}`, {
      onState: (state) => {
        if (state === 'live') book.open(nowUs())
        if (state === 'broken') book.close(nowUs())
        setTraffic((before) => ({ ...before, state }))
      },
      onRefused: () => {},
      onFrame: ({ event, data }) => {
        if (event === 'skipped') skipped += Number(data) || 0
        const record = event === 'record' ? readRecord(data) : null
        if (record !== null) {
          book.add(record.stream, record.event, nowUs())
          waiting.push(record)
        }
        timer ??= setTimeout(flush, FLUSH_MS)
      },
    })
    return () => {
      clearTimeout(timer)
      close()
    }
  }, [q, isReadable, book])

  return { traffic, book }
}
