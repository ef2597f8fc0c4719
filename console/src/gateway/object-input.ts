/** What a person types into the form of a protected object, judged before the server judges it again. */

import type { ProtectedObject, ProtectedObjectInput } from '../api/types'
import { settingsOf, settingsValues, type SettingsValues } from './settings-input'

/** The fields of the form, as a person sees them. */
export interface FormValues extends SettingsValues {
  name: string
  hosts: string
  path_prefix: string
  upstreams: string
  health_path: string
  group_id: string | null
}

/** What the form shows of an object; of none, what a new one begins with. */
export function valuesOf(object: ProtectedObject | null): FormValues {
  const spec = object?.spec
  return {
    name: spec?.name ?? '',
    hosts: spec?.hosts.join('\n') ?? '',
    path_prefix: spec?.path_prefix ?? '/',
    upstreams: spec?.upstreams.join('\n') ?? '',
    health_path: spec?.health_path ?? '',
    group_id: spec?.group_id ?? null,
    // A new object only observes until somebody has seen that it troubles nobody.
    ...settingsValues(object === null ? { mode: 'observe' } : spec?.settings),
  }
}

/** What is sent when the form is saved. */
export function inputOf(values: FormValues): ProtectedObjectInput {
  return {
    name: values.name.trim(),
    hosts: lines(values.hosts),
    path_prefix: values.path_prefix.trim(),
    upstreams: lines(values.upstreams),
    health_path: values.health_path.trim() === '' ? null : values.health_path.trim(),
    group_id: values.group_id ?? null,
    settings: settingsOf(values),
  }
}

/** One entry per line or comma; blanks are left out. */
export function lines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** A host name, an address, or a name with a leading `*.`; `*` alone stands for every host. */
const HOST = /^(\*|(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/i

export function firstBadHost(text: string): string | null {
  return lines(text).find((host) => host.length > 253 || !HOST.test(host)) ?? null
}

export function firstBadUpstream(text: string): string | null {
  return lines(text).find((url) => !isHttpUrl(url)) ?? null
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^/\s]/i.test(text)) return false
  try {
    const url = new URL(text)
    return url.username === '' && url.password === ''
  } catch {
    return false
  }
}
