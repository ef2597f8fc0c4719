import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Spin } from 'antd'
import { useEffect } from 'react'
import { Navigate, Outlet, useLocation, useNavigate } from 'react-router'
import { api, onSessionEnded, setCsrfToken, take } from '../api/client'
import { Problem } from '../api/problem'
import type { Me } from '../api/types'
import { shared, useWords } from '../i18n'
import { SessionContext } from '../kit/session'
import { ErrorState } from '../kit/states'
import { signInPath } from '../kit/return-path'

/** Who is signed in; `null` when nobody is. */
export const meQuery = queryOptions<Me | null>({
  queryKey: ['session', 'me'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => {
    try {
      const me = await take(api.GET('/api/v1/identity/me'))
      setCsrfToken(me.csrf)
      return me
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
})

/** Lets only signed-in people through; others go to the sign-in page and come back afterwards. */
export function RequireSession() {
  const words = useWords(shared)
  const location = useLocation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const me = useQuery(meQuery)
  const here = `${location.pathname}${location.search}`
  const signedIn = me.data !== undefined && me.data !== null

  useEffect(() => {
    onSessionEnded(() => {
      if (!signedIn) return
      queryClient.clear()
      queryClient.setQueryData(meQuery.queryKey, null)
      setCsrfToken('')
      void navigate(signInPath(here, true), { replace: true })
    })
    return () => onSessionEnded(() => {})
  }, [signedIn, here, navigate, queryClient])

  if (me.data === undefined) {
    if (me.error !== null) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />
    return (
      <div className="boot late" role="status" aria-label={words.common.loading}>
        <Spin size="large" />
      </div>
    )
  }
  if (me.data === null) return <Navigate to={signInPath(here, false)} replace />
  return (
    <SessionContext.Provider value={me.data}>
      <Outlet />
    </SessionContext.Provider>
  )
}
