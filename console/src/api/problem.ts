/** A refusal by the server, as an RFC 9457 problem document with Medward's members `code`, `args`, `request_id`. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly args: Readonly<Record<string, unknown>>
  readonly requestId: string
  /** Seconds to wait before another try (HTTP `Retry-After`), when the server named them. */
  readonly retryAfter: number | null
  /** When the server answered, in milliseconds (HTTP `Date`), when it said so. */
  readonly serverTime: number | null

  constructor(fields: {
    status: number
    code: string
    title: string
    detail: string
    args: Record<string, unknown>
    requestId: string
    retryAfter: number | null
    serverTime?: number | null
  }) {
    super(fields.title)
    this.name = 'Problem'
    this.status = fields.status
    this.code = fields.code
    this.detail = fields.detail
    this.args = fields.args
    this.requestId = fields.requestId
    this.retryAfter = fields.retryAfter
    this.serverTime = fields.serverTime ?? null
  }
}

/** The server was not reached, or did not answer within the time-out. Reads may be tried again. */
export class Unreachable extends Error {
  readonly reason: 'network' | 'timeout'
  readonly source: unknown

  constructor(reason: 'network' | 'timeout', source?: unknown) {
    super(`server unreachable (${reason})`)
    this.name = 'Unreachable'
    this.reason = reason
    this.source = source
  }
}

/** Reads a problem document. A body that is none (a proxy's HTML page, say) still becomes a `Problem`. */
export async function problemFrom(response: Response): Promise<Problem> {
  let body: unknown = null
  try {
    body = await response.json()
  } catch {
    body = null
  }
  const members: Record<string, unknown> = isObject(body) ? body : {}
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  const serverTime = Date.parse(response.headers.get('date') ?? '')
  return new Problem({
    status: response.status,
    code: text(members.code) || `HTTP-${response.status}`,
    title: text(members.title) || response.statusText || `HTTP ${response.status}`,
    detail: text(members.detail),
    args: isObject(members.args) ? members.args : {},
    requestId: text(members.request_id) || response.headers.get('x-request-id') || '',
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    serverTime: Number.isFinite(serverTime) ? serverTime : null,
  })
}

/** The permission that a 403 says is missing, when it says so. */
export function missingPermission(problem: Problem): string | null {
  const named = problem.args.permission
  return typeof named === 'string' && named !== '' ? named : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
