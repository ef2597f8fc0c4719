import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { useRouteError } from 'react-router'
import { Problem, Unreachable } from '../api/problem'
import { shared, useWords } from '../i18n'
import { RouteLink } from '../kit/Page'
import { ErrorFacts } from '../kit/states'
import { StateIcon } from '../kit/status'

/** Catches what a page throws while drawing, so that the shell around it lives on. */
export class Crash extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return <CrashView error={this.state.error} onRetry={() => this.setState({ error: null })} />
  }
}

function CrashView({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const words = useWords(shared)
  const plain = !(error instanceof Problem) && !(error instanceof Unreachable) && error instanceof Error
  return (
    <main className="crash" role="alert">
      <span className="state-block-mark">
        <StateIcon meaning="critical" />
      </span>
      <h1>{words.error.crashed}</h1>
      <p>{words.error.crashedBody}</p>
      <ErrorFacts error={error} />
      {plain && <code className="crash-message">{error.message}</code>}
      <div className="state-actions">
        <Button type="primary" onClick={onRetry}>
          {words.common.retry}
        </Button>
        <a href="/">{words.notFound.home}</a>
      </div>
    </main>
  )
}

/** A page whose code did not arrive: the server is away, or is a newer one that no longer has it. */
export function PageCodeFailed({ onRetry }: { onRetry: () => void }) {
  const words = useWords(shared)
  return (
    <div className="crash" role="alert">
      <span className="state-block-mark">
        <StateIcon meaning="critical" />
      </span>
      <h1>{words.error.title}</h1>
      <p>{words.error.codeFailed}</p>
      <div className="state-actions">
        <Button type="primary" onClick={onRetry}>
          {words.common.retry}
        </Button>
        <Button onClick={() => location.reload()}>{words.error.reload}</Button>
      </div>
    </div>
  )
}

/** The router's error element: a page that threw. */
export function RouteCrash() {
  const error = useRouteError()
  return <CrashView error={error} onRetry={() => location.reload()} />
}

export function NotFound() {
  const words = useWords(shared)
  return (
    <div className="state-block">
      <h1 className="state-block-title">{words.notFound.title}</h1>
      <p className="state-block-why">{words.notFound.body}</p>
      <RouteLink to="/">{words.notFound.home}</RouteLink>
    </div>
  )
}
