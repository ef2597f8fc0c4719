/**
 * The stream of hints: which things changed, never what they now hold. A page asks again, so permission is checked
 * on every answer. One tab holds the connection and shares it with the others of the same browser.
 */
import { openStream, type StreamState } from '../api/event-stream'
import type { Problem } from '../api/problem'

/** A changed thing, such as topic `gateway.object`. */
export interface Hint {
  topic: string
}

/** Hints are gathered this long, so that a burst of changes is one round of questions. */
export const BATCH_MS = 500

const CHANNEL = 'medward.hints'
const LOCK = 'medward.hints.leader'

type Message = { kind: 'state'; state: StreamState } | { kind: 'hints'; topics: string[] } | { kind: 'hello' }

export interface HintListener {
  onState: (state: StreamState) => void
  /** Capabilities of which something changed. `null` means that hints were missed: ask everything again. */
  onHints: (capabilities: Set<string> | null) => void
  onRefused: (problem: Problem) => void
}

/** The capability that a topic belongs to: the part before the first dot. */
export function capabilityOf(topic: string): string {
  const dot = topic.indexOf('.')
  return dot < 0 ? topic : topic.slice(0, dot)
}

/** Which query keys a batch of topics makes old; `null` for all. */
export function staleCapabilities(topics: string[]): Set<string> | null {
  if (topics.includes('reset')) return null
  return new Set(topics.map(capabilityOf))
}

export function followHints(url: string, listener: HintListener): () => void {
  const closed = new AbortController()
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : null
  let leading = false
  let state: StreamState = 'connecting'
  let gathered: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const setState = (next: StreamState) => {
    state = next
    listener.onState(next)
    if (leading) channel?.postMessage({ kind: 'state', state: next } satisfies Message)
  }
  const gather = (topic: string) => {
    gathered.push(topic)
    timer ??= setTimeout(() => {
      const topics = gathered
      gathered = []
      timer = undefined
      listener.onHints(staleCapabilities(topics))
      channel?.postMessage({ kind: 'hints', topics } satisfies Message)
    }, BATCH_MS)
  }
  const lead = () => {
    leading = true
    let wasBroken = false
    return openStream(url, {
      onFrame: (frame) => gather(frame.event),
      onState: (next) => {
        if (next === 'broken') wasBroken = true
        if (next === 'live' && wasBroken) {
          wasBroken = false
          gather('reset') // what changed while the wire was down is unknown
        }
        setState(next)
      },
      onRefused: listener.onRefused,
    })
  }

  if (channel) {
    channel.addEventListener('message', (event: MessageEvent<Message>) => {
      const message = event.data
      if (message.kind === 'hello') {
        if (leading) channel.postMessage({ kind: 'state', state } satisfies Message)
      } else if (leading) {
        return
      } else if (message.kind === 'state') {
        setState(message.state)
      } else {
        listener.onHints(staleCapabilities(message.topics))
      }
    })
    channel.postMessage({ kind: 'hello' } satisfies Message)
  }

  let stop: (() => void) | undefined
  if (channel && 'locks' in navigator) {
    navigator.locks
      .request(LOCK, { signal: closed.signal }, () => {
        stop = lead()
        return new Promise<void>((resolve) => closed.signal.addEventListener('abort', () => resolve()))
      })
      .catch(() => {}) // the page was left while waiting for its turn
  } else {
    stop = lead()
  }
  return () => {
    clearTimeout(timer)
    stop?.()
    closed.abort()
    channel?.close()
  }
}
