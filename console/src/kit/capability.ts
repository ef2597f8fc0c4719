import type { ComponentType } from 'react'
import type { Language } from '../i18n'

/** A page of a capability, as the shell needs to know it before its code is loaded. */
export interface PageRoute {
  /** Absolute path, beginning with the capability's name. */
  path: string
  title: Record<Language, string>
  /** Who may open it; the server decides again on every call. */
  permission: string
  /** Also shown in the navigation. */
  icon: ComponentType
  lazy: () => Promise<{ default: ComponentType }>
}

/** What a capability folder gives to the shell. */
export interface CapabilityPages {
  name: string
  title: Record<Language, string>
  pages: PageRoute[]
}
