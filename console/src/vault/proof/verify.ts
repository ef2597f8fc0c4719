import type { EventRecord, InclusionProof } from '../../api/types'
import { equalBytes, fromHex, toHex } from './bytes'
import { decodeRecord } from './cbor'
import { leafHash, rootFromPath, type PathStep } from './merkle'
import { checkSignature, fingerprint, parseCheckpoint, type Checkpoint, type SignatureVerdict } from './note'

/** Keys of the canonical map (spec vault.md §3). */
const KEY_SEQ = 0
const KEY_TIMESTAMP = 1

export type CheckName = 'content' | 'leaf' | 'path' | 'checkpoint' | 'signature'
export type CheckState = 'good' | 'bad' | 'unsupported'

export interface ProofVerdict {
  /** Whether every check that could be made holds. */
  proven: boolean
  checks: { name: CheckName; state: CheckState }[]
  leaf: string
  root: string
  steps: PathStep[]
  checkpoint: Checkpoint | null
  fingerprint: string
}

/**
 * Checks in this browser that a record is in the signed log. Nothing the server computed is believed: the leaf is
 * hashed from the bytes, the root from the leaf and the path, and only then compared.
 */
export async function verifyInclusion(record: EventRecord, canonical: Uint8Array, proof: InclusionProof): Promise<ProofVerdict> {
  const checks: ProofVerdict['checks'] = []
  const note = (name: CheckName, good: boolean) => checks.push({ name, state: good ? 'good' : 'bad' })

  note('content', holdsRecord(canonical, record))
  const leaf = leafHash(canonical)
  note('leaf', toHex(leaf) === proof.leaf_hash.toLowerCase() && proof.stream === record.stream && proof.seq === record.seq)

  const walked = attempt(() => rootFromPath(leaf, record.seq, proof.size, proof.path.map(fromHex)))
  note('path', walked !== null && toHex(walked.root) === proof.root.toLowerCase())

  const checkpoint = attempt(() => parseCheckpoint(proof.checkpoint))
  const bound = checkpoint !== null && walked !== null && checkpoint.size === proof.size && equalBytes(checkpoint.root, walked.root) && checkpoint.origin.endsWith(`/${record.stream}`)
  note('checkpoint', bound)

  let signature: SignatureVerdict = 'bad'
  if (checkpoint !== null) {
    try {
      signature = await checkSignature(checkpoint, proof.site_vkey)
    } catch {
      signature = 'bad'
    }
  }
  checks.push({ name: 'signature', state: signature })

  return {
    proven: checks.every((check) => check.state !== 'bad'),
    checks,
    leaf: toHex(leaf),
    root: walked === null ? '' : toHex(walked.root),
    steps: walked?.steps ?? [],
    checkpoint,
    fingerprint: checkpoint === null ? '' : fingerprint(checkpoint),
  }
}

/** Whether the hashed bytes are those of the record that is shown: same place in the stream, same time. */
function holdsRecord(canonical: Uint8Array, record: EventRecord): boolean {
  const fields = attempt(() => decodeRecord(canonical))
  if (fields === null || fields.get(KEY_SEQ) !== record.seq) return false
  const shown = record.event['@timestamp']
  return typeof shown !== 'number' || fields.get(KEY_TIMESTAMP) === shown
}

function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
