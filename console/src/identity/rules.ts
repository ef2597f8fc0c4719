import type { Approval, ApprovalState, Clearance, Role, RoleName } from '../api/types'
import type { Meaning } from '../kit/status'

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

/** What a request means now: one that waits is over when its time is, also while the page stands open. */
export function approvalState(approval: Pick<Approval, 'state' | 'expires_at'>, now: number): ApprovalState {
  const waits = approval.state === 'open' || approval.state === 'approved'
  return waits && now >= approval.expires_at ? 'expired' : approval.state
}

/** Whether the change may still run one day, so that taking it back means something. */
export function isAlive(approval: Pick<Approval, 'state' | 'expires_at'>, now: number): boolean {
  return ['open', 'approved'].includes(approvalState(approval, now))
}

export const STATE_MEANING: Record<ApprovalState, Meaning> = { open: 'low', approved: 'medium', refused: 'high', withdrawn: 'off', used: 'ok', expired: 'off' }

/** What the form of a clearance holds. */
export type ClearanceValues = Pick<Clearance, 'clearance' | 'departments' | 'priority'>

/** What is sent; refused when somebody else changed it since this version was seen. */
export function wantedOf(values: ClearanceValues, version: number) {
  return { ...values, departments: values.departments.map((name) => name.trim()), version }
}

/** Whether these are too many departments, or one of them is none or stands twice. */
export function badDepartment(names: readonly string[]): boolean {
  const plain = names.map((name) => name.trim())
  return plain.length > 20 || new Set(plain).size < plain.length || plain.some((name) => name === '' || Array.from(name).length > 64)
}
