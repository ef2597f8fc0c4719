import { type ComponentType, useEffect, useState } from 'react'
import { PageCodeFailed } from './errors'

type Load = () => Promise<{ default: ComponentType }>

/**
 * The router's `lazy` for a page. A rejected `lazy` would leave the router without anything to draw, shell
 * included, so a page whose code cannot be fetched becomes one that says so and can fetch it again.
 */
export function pageCode(load: Load, guard: (Page: ComponentType) => ComponentType = (Page) => Page): () => Promise<{ Component: ComponentType }> {
  return async () => {
    try {
      return { Component: guard((await load()).default) }
    } catch {
      return { Component: latePage(load, guard) }
    }
  }
}

/** The router keeps what `lazy` gave, so this page itself tries again: on each visit, and when asked. */
function latePage(load: Load, guard: (Page: ComponentType) => ComponentType): ComponentType {
  let loaded: ComponentType | null = null
  return function LatePage() {
    const [Page, setPage] = useState<ComponentType | null>(() => loaded)
    const [tries, setTries] = useState(0)
    useEffect(() => {
      if (Page !== null) return undefined
      let left = false
      load().then(
        ({ default: Arrived }) => {
          loaded = guard(Arrived)
          if (!left) setPage(() => loaded)
        },
        () => {}, // the view that is shown already says what a person can do
      )
      return () => { left = true }
    }, [Page, tries])
    if (Page !== null) return <Page />
    return <PageCodeFailed onRetry={() => setTries((count) => count + 1)} />
  }
}
