import { concat } from './bytes'
import { sha256 } from './sha256'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The hash of a record as a leaf: H(0x00 ‖ record) (RFC 9162 §2.1.1). */
export function leafHash(record: Uint8Array): Uint8Array {
  return sha256(concat(LEAF, record))
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(NODE, left, right))
}

/** One step up the tree, kept so that people can see the way. */
export interface PathStep {
  side: 'left' | 'right'
  sibling: Uint8Array
  result: Uint8Array
}

/**
 * The root that a leaf, its index and a path lead to in a tree of `size` leaves (RFC 9162 §2.1.3.2).
 * Throws when the path is too long or too short for that place: such a proof proves nothing.
 */
export function rootFromPath(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): { root: Uint8Array; steps: PathStep[] } {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) throw new Error('index outside the tree')
  let fn = index
  let sn = size - 1
  let hash = leaf
  const steps: PathStep[] = []
  for (const sibling of path) {
    if (sn === 0) throw new Error('the path is too long')
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      steps.push({ side: 'left', sibling, result: hash })
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      hash = nodeHash(hash, sibling)
      steps.push({ side: 'right', sibling, result: hash })
    }
    fn = half(fn)
    sn = half(sn)
  }
  if (sn !== 0) throw new Error('the path is too short')
  return { root: hash, steps }
}

/** Not `>> 1`: that would cut a sequence number at 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2)
}
