import { type ReactNode, useEffect } from 'react'
import { shared, useWords } from '../../i18n'
import { Mark } from '../../kit/Brand'
import { LanguageSwitch, ThemeSwitch } from '../../kit/Switches'

/** The frame of everything before the shell: sign-in, enrolment, setup. */
export function GateFrame({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  const words = useWords(shared)
  useEffect(() => {
    document.title = `${title} · ${words.product}`
  }, [title, words])
  return (
    <div className={wide === true ? 'gate wide' : 'gate'}>
      <aside className="gate-brand">
        <div className="gate-brand-inner">
          <Mark size={56} />
          <p className="gate-name">
            {words.product}
            <span>{words.productOther}</span>
          </p>
          <p className="gate-line">{words.productLine}</p>
        </div>
        <Wall />
      </aside>
      <div className="gate-side">
        <div className="gate-tools">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
        <main className="gate-card">
          <h1>{title}</h1>
          {children}
        </main>
      </div>
    </div>
  )
}

/** Courses of bricks, as ground of the brand side. */
function Wall() {
  return (
    <svg className="gate-wall" aria-hidden="true" width="100%" height="100%">
      <defs>
        <pattern id="bricks" width="96" height="64" patternUnits="userSpaceOnUse">
          <path d="M0 .5h96M0 32.5h96M24.5 0v32M72.5 32v32" fill="none" stroke="currentColor" strokeWidth="1" />
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#bricks)" />
    </svg>
  )
}
