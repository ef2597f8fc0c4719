import { useEffect, useState } from 'react'
import { openStream, type StreamState } from '../../api/event-stream'
import type { EventRecord } from '../../api/types'
import { useLatest } from '../../kit/useLatest'

/** Rows kept on the screen; the rest is one click away in the search. */
const KEPT_ROWS = 50

/** New records are gathered this long, so that a flood redraws the page a few times a second only. */
const FLUSH_MS = 250

export interface Tail {
  rows: EventRecord[]
  state: StreamState
}

/** Follows the vault's live tail of a query. The newest record stands first. */
export function useTail(q: string, onArrival: () => void): Tail {
  const [rows, setRows] = useState<EventRecord[]>([])
  const [state, setState] = useState<StreamState>('connecting')
  const arrival = useLatest(onArrival)

  useEffect(() => {
    let waiting: EventRecord[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const fresh = waiting.reverse()
      waiting = []
      setRows((before) => mergeNewest(fresh, before, KEPT_ROWS))
      arrival.current()
    }
    const close = openStream(`/api/v1/vault/tail?q=${encodeURIComponent(q)}`, {
      onState: setState,
      onRefused: () => {},
      onFrame: (frame) => {
        if (frame.event !== 'record') return
        const record = readRecord(frame.data)
        if (record === null) return
        waiting.push(record)
        timer ??= setTimeout(flush, FLUSH_MS)
      },
    })
    return () => {
      clearTimeout(timer)
      close()
    }
  }, [q, arrival])

  return { rows, state }
}

/** Newest first, each record once, at most `limit`. */
export function mergeNewest(fresh: EventRecord[], before: EventRecord[], limit: number): EventRecord[] {
  const known = new Set<string>()
  const merged: EventRecord[] = []
  for (const record of [...fresh, ...before]) {
    if (known.has(record.address)) continue
    known.add(record.address)
    merged.push(record)
  }
  return merged.slice(0, limit)
}

/** A record as the tail sends it; `null` when it is none. */
export function readRecord(data: string): EventRecord | null {
  try {
    const record = JSON.parse(data) as Partial<EventRecord>
    if (typeof record.address !== 'string' || typeof record.event !== 'object' || record.event === null) return null
    return record as EventRecord
  } catch {
    return null
  }
}
