/**
 * Server-sent events over `fetch`.
 *
 * Not the browser's `EventSource`: that one hides comment lines, so a silent connection cannot be told from a
 * living one by its heartbeat, and it hides the status, so an ended session looks like a broken wire.
 */
import { onlineDelay, type Backoff } from './backoff'
import { UNATTENDED } from './attention'
import { Problem, problemFrom } from './problem'

export interface StreamFrame {
  id: string
  event: string
  data: string
}

/** Splits a stream into frames (WHATWG HTML §9.2.6). Comments count as a sign of life and yield no frame. */
export class FrameParser {
  private rest = ''
  private frame: StreamFrame = { id: '', event: '', data: '' }
  private hasData = false

  push(chunk: string): StreamFrame[] {
    this.rest += chunk
    const frames: StreamFrame[] = []
    for (;;) {
      const end = this.rest.search(/\r\n|\n|\r(?!$)/)
      if (end < 0) return frames
      const line = this.rest.slice(0, end)
      this.rest = this.rest.slice(end + (this.rest.startsWith('\r\n', end) ? 2 : 1))
      const complete = this.line(line)
      if (complete) frames.push(complete)
    }
  }

  private line(line: string): StreamFrame | null {
    if (line === '') {
      const { frame, hasData } = this
      this.frame = { id: frame.id, event: '', data: '' }
      this.hasData = false
      return hasData ? { ...frame, event: frame.event === '' ? 'message' : frame.event } : null
    }
    if (line.startsWith(':')) return null
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') {
      this.frame.data = this.hasData ? `${this.frame.data}\n${value}` : value
      this.hasData = true
    } else if (field === 'event') {
      this.frame.event = value
    } else if (field === 'id' && !value.includes('\0')) {
      this.frame.id = value
    }
    return null
  }
}

export type StreamState = 'connecting' | 'live' | 'broken'

export interface StreamListener {
  onFrame: (frame: StreamFrame) => void
  onState: (state: StreamState) => void
  /** The server refused for good (no session, no permission): nothing is tried again. */
  onRefused: (problem: Problem) => void
}

/** The server sends a comment every 15 s; three missed ones mean that the connection is dead. */
export const SILENCE_LIMIT_MS = 45_000

/** Opens a stream and keeps it open, resuming after the last frame. Returns the call that closes it. */
export function openStream(url: string, listener: StreamListener): () => void {
  const closed = new AbortController()
  void run(url, listener, closed.signal)
  return () => closed.abort()
}

async function run(url: string, listener: StreamListener, closed: AbortSignal): Promise<void> {
  const progress: Progress = { lastId: '', backoff: { failures: 0 } }
  while (!closed.aborted) {
    listener.onState('connecting')
    try {
      await readOnce(url, listener, closed, progress)
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) {
        listener.onState('broken')
        listener.onRefused(error)
        return
      }
    }
    if (closed.aborted) return
    listener.onState('broken')
    progress.backoff.failures += 1
    await onlineDelay(progress.backoff, closed)
  }
}

interface Progress {
  lastId: string
  backoff: Backoff
}

/** Reads until the stream ends or falls silent. */
async function readOnce(url: string, listener: StreamListener, closed: AbortSignal, progress: Progress): Promise<void> {
  const connection = new AbortController()
  const forward = () => connection.abort()
  closed.addEventListener('abort', forward)
  let silence = setTimeout(forward, SILENCE_LIMIT_MS)
  try {
    // A stream is opened and reopened by the page; what people do shows in their own requests.
    const headers: Record<string, string> = { accept: 'text/event-stream', [UNATTENDED]: '1' }
    if (progress.lastId !== '') headers['Last-Event-ID'] = progress.lastId
    const response = await fetch(url, { headers, signal: connection.signal, cache: 'no-store' })
    if (!response.ok) throw await problemFrom(response)
    if (!response.body) return
    listener.onState('live')
    const reader = response.body.getReader()
    const text = new TextDecoder()
    const parser = new FrameParser()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(forward, SILENCE_LIMIT_MS)
      progress.backoff.failures = 0
      for (const frame of parser.push(text.decode(value, { stream: true }))) {
        if (frame.id !== '') progress.lastId = frame.id
        listener.onFrame(frame)
      }
    }
  } finally {
    clearTimeout(silence)
    closed.removeEventListener('abort', forward)
  }
}
