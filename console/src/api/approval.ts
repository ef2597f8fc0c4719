/**
 * Changes that wait for a second person (four eyes). The server refuses the first try and names the approval it has asked for;
 * who makes the same change again in this tab sends that approval with it.
 */

import type { Problem } from './problem'

export const APPROVAL_HEADER = 'Medward-Approval'
/** The change waits for a second person. */
const NEEDED = 'GTW-0109'
/** The approval was refused, is over, or was for something else. */
const REFUSED = 'GTW-0110'
const PREFIX = 'medward.approval.'

/** What a change is known by: everything but the reason, in the address or in the body. */
export async function changeKey(request: Request): Promise<string> {
  const body = withoutReason(await request.clone().text())
  const bytes = new TextEncoder().encode(`${request.method} ${new URL(request.url).pathname}\n${body}`)
  // FNV-1a: this only has to tell a person's own changes apart, and SubtleCrypto is missing on plain HTTP.
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return PREFIX + hash.toString(16)
}

function withoutReason(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'reason' ? undefined : value))
  } catch {
    return text
  }
}

/** The approval that this change waits for, if any. */
export function approvalOf(key: string): string | null {
  return sessionStorage.getItem(key)
}

/** Keeps what came of a change: an approval to wait for, or nothing any more. */
export function noteOutcome(key: string, problem: Problem | null): void {
  const asked = problem?.args.approval
  if (problem?.code === NEEDED && typeof asked === 'string') sessionStorage.setItem(key, asked)
  else if (problem === null || problem.code === REFUSED) sessionStorage.removeItem(key)
}
