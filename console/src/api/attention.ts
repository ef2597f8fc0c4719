/**
 * Whether a person sits before the page. What the page asks by itself must not keep a session alive (PACS-057): requests
 * sent while nobody has touched it for a minute say so.
 */

export const UNATTENDED = 'X-Medward-Unattended'

const ATTENTION_MS = 60_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

let touchedAt = Date.now()

function note(): void {
  touchedAt = Date.now()
}

/** Watches for a person's hands. Opening the page is the first sign. */
export function watchAttention(target: EventTarget): void {
  for (const sign of SIGNS) target.addEventListener(sign, note, { capture: true, passive: true })
}

export function isAttended(now = Date.now()): boolean {
  return now - touchedAt < ATTENTION_MS
}
