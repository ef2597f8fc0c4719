import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000

/** Base32 (RFC 4648 §6), blanks and padding ignored. */
export function fromBase32(text: string): Buffer {
  let bits = 0
  let held = 0
  const bytes: number[] = []
  for (const letter of text.toUpperCase().replace(/[\s=]/g, '')) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) throw new Error(`${letter} is not base32`)
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return Buffer.from(bytes)
}

/** The code of a time step: SHA-1, six digits (RFC 6238, RFC 4226 §5.3). */
export function totp(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (digest[digest.length - 1] ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

export function currentStep(now: number = Date.now()): number {
  return Math.floor(now / STEP_MS)
}

/**
 * Gives each code once. The server refuses a step that was accepted before, so a second sign-in within the same
 * half minute takes the next step, which the server accepts one step early.
 */
export class Authenticator {
  private lastStep = 0

  constructor(
    readonly secret: string,
    usedStep = 0,
  ) {
    this.lastStep = usedStep
  }

  /** Waits only when both the current and the next step are used up. */
  async code(): Promise<string> {
    let step = Math.max(currentStep(), this.lastStep + 1)
    if (step > currentStep() + 1) {
      await new Promise((resolve) => setTimeout(resolve, (step - 1) * STEP_MS - Date.now()))
      step = Math.max(currentStep(), this.lastStep + 1)
    }
    this.lastStep = step
    return totp(this.secret, step)
  }
}
