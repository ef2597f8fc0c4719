import { createContext, useContext } from 'react'
import type { Me } from '../api/types'

/** Who is signed in. Pages below the shell always have one. */
export const SessionContext = createContext<Me | null>(null)

export function useMe(): Me {
  const me = useContext(SessionContext)
  if (me === null) throw new Error('a page was drawn outside the signed-in shell')
  return me
}

/** Whether the signed-in account holds a permission. Only for what is shown: the server decides. */
export function useMay(): (permission: string) => boolean {
  const me = useMe()
  return (permission) => me.permissions.includes(permission)
}
