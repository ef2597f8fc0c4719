import type { ComponentType } from 'react'
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { capabilities } from '../capabilities'
import type { PageRoute } from '../kit/capability'
import { useMay } from '../kit/session'
import { ForbiddenState } from '../kit/states'
import { NotFound, RouteCrash } from './errors'
import { pageCode } from './page-code'
import { RequireSession } from './session'
import { Shell } from './Shell'

/** A page drawn only for those who may see it. */
function guarded(Page: ComponentType, permission: string): ComponentType {
  return function GuardedPage() {
    const may = useMay()
    return may(permission) ? <Page /> : <ForbiddenState permission={permission} />
  }
}

function pageRoute(page: PageRoute): RouteObject {
  return {
    path: page.path,
    errorElement: <RouteCrash />,
    lazy: pageCode(page.lazy, (Page) => guarded(Page, page.permission)),
  }
}

/** The first page in the navigation that this account may open. */
function Home() {
  const may = useMay()
  for (const capability of capabilities) {
    for (const page of capability.pages) {
      if (may(page.permission)) return <Navigate to={page.path} replace />
    }
  }
  return <ForbiddenState permission={null} />
}

export function createRouter() {
  return createBrowserRouter([
    {
      errorElement: <RouteCrash />,
      HydrateFallback: () => null,
      children: [
        { path: '/login', lazy: pageCode(() => import('../identity/gate/Login')) },
        { path: '/setup', lazy: pageCode(() => import('../identity/gate/Setup')) },
        {
          element: <RequireSession />,
          children: [
            {
              element: <Shell />,
              children: [
                { index: true, element: <Home /> },
                ...capabilities.flatMap((capability) => capability.pages.map(pageRoute)),
                { path: '*', element: <NotFound /> },
              ],
            },
          ],
        },
      ],
    },
  ])
}
