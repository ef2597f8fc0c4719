import { InboxOutlined, LockOutlined } from '@ant-design/icons'
import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { missingPermission, Problem, Unreachable } from '../api/problem'
import { shared, useWords } from '../i18n'
import type { zh } from '../i18n/zh'
import { StateIcon } from './status'

/** What would be here, why it is empty, and one thing to do about it. */
export function EmptyState({ title, why, action }: { title?: string; why?: ReactNode; action?: ReactNode }) {
  const words = useWords(shared)
  return (
    <div className="state-block" role="status">
      <InboxOutlined className="state-block-icon" aria-hidden="true" />
      <p className="state-block-title">{title ?? words.empty.title}</p>
      {why !== undefined && <p className="state-block-why">{why}</p>}
      {action}
    </div>
  )
}

/** Codes whose detail says which field is wrong, which the person needs. */
const NEEDS_DETAIL = /^IDN-0421/

/** What could stand at the place of a syntax error: the server's phrases in the language of the person, signs as they are. */
function expectedHere(expected: string, words: typeof zh): string {
  let rest = expected
  const found: string[] = []
  while (rest !== '') {
    const known = Object.keys(words.error.queryParts).find((phrase) => rest === phrase || rest.startsWith(`${phrase}, `))
    const end = known === undefined ? rest.indexOf(', ') : known.length
    const part = end < 0 ? rest : rest.slice(0, end)
    found.push(words.error.queryParts[part] ?? part)
    rest = rest.slice(part.length + 2)
  }
  return found.join(words.error.queryOr)
}

/** A query that cannot be read: where, and what was expected there. */
function querySentence(problem: Problem, words: typeof zh): string | null {
  const { column, expected, parameter } = problem.args
  if (problem.code === 'VLT-0201' && typeof column === 'string') {
    const could = typeof expected === 'string' && expected !== '' ? words.error.queryExpected(expectedHere(expected, words)) : ''
    return `${words.error.queryAt(column)}${could}`
  }
  return problem.code === 'VLT-0202' && typeof parameter === 'string' ? words.error.queryParameter(parameter) : null
}

/** The sentence for an error: the console's own for known codes, else the server's. */
export function errorSentence(error: unknown, words: typeof zh): string {
  if (error instanceof Unreachable) return error.reason === 'timeout' ? words.error.timeout : words.error.network
  if (error instanceof Problem) {
    const own = querySentence(error, words) ?? words.codes[error.code] ?? (error.status >= 500 ? words.error.server : '')
    const theirs = error.detail !== '' ? error.detail : error.message
    const wait = error.retryAfter !== null ? words.error.retryAfter(error.retryAfter) : ''
    const sentence = own === '' ? theirs : NEEDS_DETAIL.test(error.code) && error.detail !== '' ? `${own} ${error.detail}` : own
    return wait === '' ? sentence : `${sentence} ${wait}`
  }
  return words.error.unknownError
}

/** Code and request id of a refusal: what a person reads out on the telephone. */
export function ErrorFacts({ error }: { error: unknown }) {
  const words = useWords(shared)
  if (!(error instanceof Problem)) return null
  return (
    <p className="error-facts">
      <span>
        {words.error.code} <code>{error.code}</code>
      </span>
      {error.requestId !== '' && (
        <span>
          {words.error.request} <code>{error.requestId}</code>
        </span>
      )}
    </p>
  )
}

/** A failed load. The rest of the page lives on. A 403 becomes the forbidden state. */
export function ErrorState({ error, onRetry, compact }: { error: unknown; onRetry?: () => void; compact?: boolean }) {
  const words = useWords(shared)
  if (compact === true) return <StaleNote error={error} onRetry={onRetry} />
  if (error instanceof Problem && error.status === 403) return <ForbiddenState permission={missingPermission(error)} problem={error} />
  return (
    <div className="state-block" role="alert">
      <span className="state-block-mark">
        <StateIcon meaning="critical" />
      </span>
      <p className="state-block-title">{words.error.title}</p>
      <p className="state-block-why">{errorSentence(error, words)}</p>
      <ErrorFacts error={error} />
      {onRetry && <Button onClick={onRetry}>{words.common.retry}</Button>}
    </div>
  )
}

export function ForbiddenState({ permission, problem }: { permission: string | null; problem?: Problem }) {
  const words = useWords(shared)
  return (
    <div className="state-block" role="alert">
      <LockOutlined className="state-block-icon" aria-hidden="true" />
      <p className="state-block-title">{words.forbidden.title}</p>
      <p className="state-block-why">{words.forbidden.body}</p>
      {permission !== null && (
        <p className="state-block-why">
          {words.forbidden.needs} {words.permissions[permission]} <code>{permission}</code>
        </p>
      )}
      <p className="state-block-why">{words.forbidden.whoGrants}</p>
      {problem && <ErrorFacts error={problem} />}
    </div>
  )
}

/** A failed action, shown where the person acted. */
/** `sentence` is what the page itself knows to say about it. */
export function ActionError({ error, sentence }: { error: unknown; sentence?: string | null }) {
  const words = useWords(shared)
  if (error === null || error === undefined) return null
  const conflict = error instanceof Problem && error.status === 409
  return (
    <div className="action-error" role="alert">
      <StateIcon meaning="critical" />
      <div>
        <strong>{words.error.actionTitle}</strong>
        <p>{sentence ?? (conflict && error.detail === '' ? words.error.conflict : errorSentence(error, words))}</p>
        <ErrorFacts error={error} />
      </div>
    </div>
  )
}

/** What a query hook of TanStack gives, as far as `Loaded` needs it. */
export interface Loadable<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  isFetching: boolean
  refetch: () => unknown
}

/**
 * One place decides what is seen while data come, fail or are old: a skeleton after 200 ms, the error with a
 * retry, or the children. Older data stay visible when a refetch fails, with the failure above them.
 */
export function Loaded<T>({ query, lines = 4, compact, children }: { query: Loadable<T>; lines?: number; compact?: boolean; children: (data: T) => ReactNode }) {
  const words = useWords(shared)
  const retry = () => void query.refetch()
  if (query.data !== undefined) {
    return (
      <>
        {query.error !== null && <StaleNote error={query.error} onRetry={retry} />}
        {children(query.data)}
      </>
    )
  }
  if (query.error !== null) return <ErrorState error={query.error} onRetry={retry} compact={compact} />
  return (
    <div className="late" role="status" aria-label={words.common.loading}>
      <Skeleton active title={false} paragraph={{ rows: lines }} />
    </div>
  )
}

function StaleNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords(shared)
  return (
    <div className="stale-note" role="status">
      <StateIcon meaning="high" />
      <span>{errorSentence(error, words)}</span>
      <ErrorFacts error={error} />
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          {words.common.retry}
        </Button>
      )}
    </div>
  )
}
