import { createContext, useContext } from 'react'
import type { StreamState } from '../api/event-stream'

/** State of the hint stream, for banners and for polling while it is broken. */
export const LiveContext = createContext<StreamState>('connecting')

export function useLiveState(): StreamState {
  return useContext(LiveContext)
}

/** Lists refresh by hints; while those are broken, and only then, by polling every 30 s. */
export const FALLBACK_POLL_MS = 30_000

export function usePollWhenBroken(): number | false {
  return useLiveState() === 'broken' ? FALLBACK_POLL_MS : false
}
