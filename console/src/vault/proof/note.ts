import { concat, equalBytes, fromBase64 } from './bytes'
import { sha256 } from './sha256'

/** A signed checkpoint (C2SP tlog-checkpoint in a C2SP signed-note). */
export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
  /** The signed text, with its last newline. */
  text: string
  signatures: { name: string; keyId: Uint8Array; signature: Uint8Array }[]
}

const SIGNATURE_LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/

export function parseCheckpoint(note: string): Checkpoint {
  const split = note.lastIndexOf('\n\n')
  if (split < 0) throw new Error('the note has no signature part')
  const text = note.slice(0, split + 1)
  const [origin, size, root] = text.split('\n')
  if (!origin || !size || !root || !/^(0|[1-9][0-9]*)$/.test(size)) throw new Error('the note is no checkpoint')
  const rootBytes = fromBase64(root)
  if (rootBytes.length !== 32) throw new Error('the root is not 32 bytes')
  const signatures = note
    .slice(split + 2)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parts = SIGNATURE_LINE.exec(line)
      if (!parts?.[1] || !parts[2]) throw new Error('a signature line cannot be read')
      const blob = fromBase64(parts[2])
      return { name: parts[1], keyId: blob.slice(0, 4), signature: blob.slice(4) }
    })
  return { origin, size: Number(size), root: rootBytes, text, signatures }
}

/** The public key inside a verifier key `name+keyid+base64(0x01 ‖ key)` (C2SP signed-note). */
export function parseVerifierKey(vkey: string): { name: string; publicKey: Uint8Array } {
  const parts = /^(.+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey.trim())
  if (!parts?.[1] || !parts[3]) throw new Error('the verifier key cannot be read')
  const key = fromBase64(parts[3])
  if (key.length !== 33 || key[0] !== 1) throw new Error('the verifier key is not Ed25519')
  return { name: parts[1], publicKey: key.slice(1) }
}

/** `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4]` */
export function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concat(new TextEncoder().encode(name), Uint8Array.of(0x0a, 0x01), publicKey)).slice(0, 4)
}

/** `unsupported`: this browser has no Ed25519 (Chromium has it since 137); the rest of the proof stands without it. */
export type SignatureVerdict = 'good' | 'bad' | 'unsupported'

export async function checkSignature(checkpoint: Checkpoint, vkey: string): Promise<SignatureVerdict> {
  const { publicKey } = parseVerifierKey(vkey)
  const line = checkpoint.signatures.find((each) => equalBytes(each.keyId, keyId(each.name, publicKey)))
  if (!line) return 'bad'
  let key: CryptoKey
  try {
    key = await crypto.subtle.importKey('raw', buffer(publicKey), { name: 'Ed25519' }, false, ['verify'])
  } catch {
    return 'unsupported'
  }
  const good = await crypto.subtle.verify({ name: 'Ed25519' }, key, buffer(line.signature), buffer(new TextEncoder().encode(checkpoint.text)))
  return good ? 'good' : 'bad'
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The first 80 bits of SHA-256 of the note's text in Crockford base32, as people compare it: `7K2M-9QX4-…`. */
export function fingerprint(checkpoint: Checkpoint): string {
  const digest = sha256(new TextEncoder().encode(checkpoint.text)).slice(0, 10)
  let bits = 0
  let held = 0
  let letters = ''
  for (const byte of digest) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      letters += CROCKFORD.charAt((held >> bits) & 31)
      held &= (1 << bits) - 1
    }
  }
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}
