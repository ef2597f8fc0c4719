import type { Role, RoleName } from '../api/types'

/** The form of a login; the server decides again. */
export const LOGIN_RULE = /^[A-Za-z][A-Za-z0-9._-]{1,31}$/

/** A lock ends by itself. */
export function isLocked(lockedUntil: number | null | undefined, now: number): boolean {
  return lockedUntil !== null && lockedUntil !== undefined && lockedUntil > now
}

/** The held role that forbids granting `role`, or nothing (spec identity.md §2: exclusive in pairs). */
export function excludedBy(role: RoleName, held: RoleName[], matrix: Role[]): RoleName | null {
  const wanted = matrix.find((each) => each.role === role)
  return held.find((other) => wanted?.excludes.includes(other) === true || matrix.find((each) => each.role === other)?.excludes.includes(role) === true) ?? null
}
