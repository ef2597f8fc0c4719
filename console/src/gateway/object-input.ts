/** What a person types into the form of a protected object, judged before the server judges it again. */

import type { ProtectedObject, ProtectedObjectInput } from '../api/types'

/** The fields of the form, as a person sees them. */
export interface FormValues {
  name: string
  hosts: string
  path_prefix: string
  upstreams: string
  mode: ProtectedObject['mode']
  policy: ProtectedObject['policy']
  on_error: ProtectedObject['on_error']
  inspect_limit_kib: number
  health_path: string
}

const NEW: FormValues = { name: '', hosts: '', path_prefix: '/', upstreams: '', mode: 'observe', policy: 'balanced', on_error: 'pass', inspect_limit_kib: 0, health_path: '' }

/** What the form shows of an object; of none, what a new one begins with. */
export function valuesOf(object: ProtectedObject | null): FormValues {
  if (object === null) return NEW
  return {
    name: object.name,
    hosts: object.hosts.join('\n'),
    path_prefix: object.path_prefix,
    upstreams: object.upstreams.join('\n'),
    mode: object.mode,
    policy: object.policy,
    on_error: object.on_error,
    inspect_limit_kib: Math.round(object.inspect_limit_bytes / 1024),
    health_path: object.health_path ?? '',
  }
}

/** What is sent when the form is saved. */
export function inputOf(values: FormValues, object: ProtectedObject | null): ProtectedObjectInput {
  return {
    name: values.name.trim(),
    hosts: lines(values.hosts),
    path_prefix: values.path_prefix.trim(),
    upstreams: lines(values.upstreams),
    mode: values.mode,
    policy: values.policy,
    on_error: values.on_error,
    inspect_limit_bytes: Math.round(values.inspect_limit_kib * 1024),
    health_path: values.health_path.trim() === '' ? null : values.health_path.trim(),
    // The server refuses the change when somebody else made one since this form was filled.
    generation: object?.generation ?? null,
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
