import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** The head of every page: what it shows, one line on what it is for, and at most one primary button. */
export function PageHead({ title, about, actions }: { title: string; about?: string; actions?: ReactNode }) {
  return (
    <header className="page-head">
      <div className="page-head-text">
        <h1>{title}</h1>
        {about !== undefined && <p>{about}</p>}
      </div>
      {actions !== undefined && <div className="page-head-actions">{actions}</div>}
    </header>
  )
}

/** A titled block of a page. */
export function Panel({ title, extra, children, flush, className }: { title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean; className?: string }) {
  return (
    <section className={`panel${className !== undefined ? ` ${className}` : ''}`}>
      {(title !== undefined || extra !== undefined) && (
        <div className="panel-head">
          <h2>{title}</h2>
          {extra !== undefined && <div className="panel-extra">{extra}</div>}
        </div>
      )}
      <div className={flush === true ? 'panel-body flush' : 'panel-body'}>{children}</div>
    </section>
  )
}

/** A figure with its unit. `href` leads to the evidence behind it. */
export function Figure({ label, value, unit, href, tone, note }: { label: string; value: ReactNode; unit?: string; href?: string; tone?: 'bad' | 'good' | 'plain'; note?: ReactNode }) {
  const inside = (
    <>
      <span className="figure-label">{label}</span>
      <span className={`figure-value figures tone-${tone ?? 'plain'}`}>
        {value}
        {unit !== undefined && <span className="figure-unit">{unit}</span>}
      </span>
      {note !== undefined && <span className="figure-note">{note}</span>}
    </>
  )
  if (href === undefined) return <div className="figure">{inside}</div>
  return <RouteLink to={href} className="figure figure-link">{inside}</RouteLink>
}

/** A real `<a>`: it can be opened in a new tab, copied and reached by keyboard. */
export function RouteLink({ to, className, children, title }: { to: string; className?: string; children: ReactNode; title?: string }) {
  return (
    <Link to={to} className={className} title={title}>
      {children}
    </Link>
  )
}

/** Names and values, as a description list. */
export function Facts({ items, columns = 1 }: { items: { label: string; value: ReactNode }[]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className={`facts facts-${columns}`}>
      {items.map((item) => (
        <div key={item.label}>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
