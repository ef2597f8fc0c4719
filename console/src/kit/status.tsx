import type { ReactNode } from 'react'

/** The seven meanings a state can have (spec console.md §9). Each has an icon, a colour and, from the caller, a word. */
export type Meaning = 'critical' | 'high' | 'medium' | 'low' | 'ok' | 'off' | 'care'

const SHAPES: Record<Meaning, ReactNode> = {
  critical: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />,
  high: <path d="M8 1.5 15.2 14.5H.8z" fill="currentColor" />,
  medium: <path d="M8 .8 15.2 8 8 15.2.8 8z" fill="currentColor" />,
  low: (
    <>
      <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M8 7v4.4M8 4.2v1" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  ok: <path d="m2.2 8.6 4 4 7.6-8.6" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />,
  off: <path d="M3 8h10" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />,
  care: <path d="M10.5 1.5a4 4 0 0 0-3.7 5.5L1.6 12.2a1.6 1.6 0 0 0 2.2 2.2L9 9.2a4 4 0 0 0 5.5-4.7l-2.3 2.3-2.3-.7-.7-2.3 2.3-2.3z" fill="currentColor" />,
}

export function StateIcon({ meaning }: { meaning: Meaning }) {
  return (
    <svg className={`state-icon state-${meaning}`} viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      {SHAPES[meaning]}
    </svg>
  )
}

/** A state as icon + word + colour, never colour alone. */
export function StatusTag({ meaning, children, title }: { meaning: Meaning; children: ReactNode; title?: string }) {
  return (
    <span className={`state-tag state-${meaning}`} title={title}>
      <StateIcon meaning={meaning} />
      <span>{children}</span>
    </span>
  )
}
