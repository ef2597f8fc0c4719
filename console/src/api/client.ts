import createClient, { type Middleware } from 'openapi-fetch'
import { APPROVAL_HEADER, approvalOf, changeKey, noteOutcome } from './approval'
import { UNATTENDED, isAttended } from './attention'
import { Lane } from './lane'
import { Problem, Unreachable, problemFrom } from './problem'
import type { paths } from './schema'

/** Reads give up after this time. Writes have no such limit: their outcome must not be guessed. */
const READ_TIMEOUT_MS = 15_000

/** Calls by which nobody is signed in yet: a 401 from them is an answer, not the end of a session. */
const ANONYMOUS = ['/api/v1/identity/login', '/api/v1/identity/setup', '/api/v1/identity/password/check', '/api/v1/identity/state']

/** Queries of the vault, which answers four per person at once; one place is left for a second tab. */
const QUERY = /^\/api\/v1\/vault\/(search|histogram|top)$/
const queries = new Lane(3)

let csrfToken = ''
let sessionEnded: (problem: Problem) => void = () => {}

/** The value of `X-Medward-CSRF` for this session, from `GET /identity/me`. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** Names who is told when the server says that the session is over. */
export function onSessionEnded(listener: (problem: Problem) => void): void {
  sessionEnded = listener
}

export function reportSessionEnd(problem: Problem): void {
  sessionEnded(problem)
}

/** `fetch` with a time-out for reads; a failure to reach the server becomes `Unreachable`. */
async function reach(request: Request): Promise<Response> {
  const abort = new AbortController()
  const forward = () => abort.abort()
  request.signal.addEventListener('abort', forward)
  let timedOut = false
  const timer = request.method === 'GET' ? setTimeout(() => { timedOut = true; abort.abort() }, READ_TIMEOUT_MS) : undefined
  try {
    return await fetch(new Request(request, { signal: abort.signal }))
  } catch (error) {
    if (timedOut) throw new Unreachable('timeout', error)
    if (request.signal.aborted) throw error
    throw new Unreachable('network', error)
  } finally {
    clearTimeout(timer)
    request.signal.removeEventListener('abort', forward)
  }
}

/** Changes under way that may need a second person. */
const changes = new WeakMap<Request, string>()

const guard: Middleware = {
  async onRequest({ request }) {
    if (!isAttended()) request.headers.set(UNATTENDED, '1')
    if (request.method === 'GET' || request.method === 'HEAD') return
    if (csrfToken !== '') request.headers.set('X-Medward-CSRF', csrfToken)
    if (request.method === 'POST') request.headers.set('Idempotency-Key', randomKey())
    if (!isGateway(request)) return
    const key = await changeKey(request)
    changes.set(request, key)
    const approval = approvalOf(key)
    if (approval !== null) request.headers.set(APPROVAL_HEADER, approval)
  },
  async onResponse({ request, response }) {
    const key = changes.get(request)
    if (response.ok) {
      if (key !== undefined) noteOutcome(key, null)
      return
    }
    const problem = await problemFrom(response)
    if (key !== undefined) noteOutcome(key, problem)
    const path = new URL(request.url).pathname
    if (problem.status === 401 && !ANONYMOUS.some((anonymous) => path.startsWith(anonymous))) sessionEnded(problem)
    throw problem
  },
}

/** Whether a change of it may need a second person. */
function isGateway(request: Request): boolean {
  return new URL(request.url).pathname.startsWith('/api/v1/gateway/')
}

export const api = createClient<paths>({
  fetch: (request) => (QUERY.test(new URL(request.url).pathname) ? queries.run(() => reach(request)) : reach(request)),
})
api.use(guard)

/** The body of a successful answer. Refusals were thrown by the client as `Problem` or `Unreachable`. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  if (data === undefined) {
    throw new Problem({ status: 200, code: 'WEB-EMPTY', title: 'the answer has no body', detail: '', args: {}, requestId: '', retryAfter: null })
  }
  return data
}

/** For calls that answer 204: waits for the outcome and returns nothing. */
export async function done(call: Promise<unknown>): Promise<void> {
  await call
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
