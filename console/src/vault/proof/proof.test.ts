import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EventRecord, InclusionProof } from '../../api/types'
import { concat, fromHex, toHex } from './bytes'
import { decodeRecord } from './cbor'
import { leafHash, nodeHash, rootFromPath } from './merkle'
import { checkSignature, fingerprint, keyId, parseCheckpoint } from './note'
import { sha256 } from './sha256'
import { verifyInclusion } from './verify'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('sha256', () => {
  it('gives the digests of FIPS 180-4 examples', () => {
    expect(toHex(sha256(utf8('')))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(toHex(sha256(utf8('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')))).toBe('248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1')
  })

  it('agrees with OpenSSL at every length around the block borders', () => {
    for (let length = 0; length < 200; length += 1) {
      const message = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 255)
      expect(toHex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
    }
  })
})

/** The eight leaves of the reference tests of RFC 6962 and RFC 9162 (certificate-transparency `merkle_tree_test`). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex)
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const REFERENCE_PATHS: { leaf: number; size: number; path: string[] }[] = [
  { leaf: 0, size: 1, path: [] },
  {
    leaf: 0,
    size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    leaf: 5,
    size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { leaf: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    leaf: 1,
    size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
]

/** MTH and PATH as RFC 9162 §2.1.1 and §2.1.3.1 define them, by recursion: the other way to the same numbers. */
function treeHash(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0] ?? new Uint8Array()
  const split = largestPowerBelow(leaves.length)
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)))
}

function treePath(index: number, leaves: Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  const split = largestPowerBelow(leaves.length)
  if (index < split) return [...treePath(index, leaves.slice(0, split)), treeHash(leaves.slice(split))]
  return [...treePath(index - split, leaves.slice(split)), treeHash(leaves.slice(0, split))]
}

function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

describe('inclusion proofs', () => {
  it('lead to the roots of the reference tree', () => {
    for (const { leaf, size, path } of REFERENCE_PATHS) {
      const { root } = rootFromPath(leafHash(LEAVES[leaf] ?? new Uint8Array()), leaf, size, path.map(fromHex))
      expect(toHex(root)).toBe(ROOTS[size - 1])
    }
  })

  it('hold for every leaf of every tree up to 40 leaves', () => {
    const leaves = Array.from({ length: 40 }, (_, index) => leafHash(utf8(`record ${index}`)))
    for (let size = 1; size <= leaves.length; size += 1) {
      const tree = leaves.slice(0, size)
      const wanted = toHex(treeHash(tree))
      tree.forEach((leaf, index) => expect(toHex(rootFromPath(leaf, index, size, treePath(index, tree)).root)).toBe(wanted))
    }
  })

  it('are refused when the path is too long, too short or the index outside', () => {
    const leaf = leafHash(utf8('x'))
    expect(() => rootFromPath(leaf, 0, 1, [leaf])).toThrow('too long')
    expect(() => rootFromPath(leaf, 0, 8, [leaf])).toThrow('too short')
    expect(() => rootFromPath(leaf, 8, 8, [])).toThrow('outside')
  })

  it('do not lose the upper half of a sequence number beyond 32 bits', () => {
    const index = 2 ** 40 + 1
    const path = Array.from({ length: 41 }, () => leafHash(utf8('sibling')))
    expect(rootFromPath(leafHash(utf8('x')), index, 2 ** 41, path).steps[0]?.side).toBe('left')
  })
})

/** `{0: 5, 1: 1700000000000000, 3: "waf.attack", 47: h'ff00', 48: ["drill"]}` */
function canonicalRecord(seq: number): Uint8Array {
  const time = new Uint8Array(9)
  time[0] = 0x1b
  new DataView(time.buffer).setBigUint64(1, 1_700_000_000_000_000n)
  return concat(
    Uint8Array.of(0xa5, 0x00, seq, 0x01),
    time,
    Uint8Array.of(0x03, 0x6a),
    utf8('waf.attack'),
    Uint8Array.of(0x18, 47, 0x42, 0xff, 0x00, 0x18, 48, 0x81, 0x65),
    utf8('drill'),
  )
}

describe('cbor', () => {
  it('reads a canonical record', () => {
    const record = decodeRecord(canonicalRecord(5))
    expect(record.get(0)).toBe(5)
    expect(record.get(1)).toBe(1_700_000_000_000_000)
    expect(record.get(3)).toBe('waf.attack')
    expect(record.get(48)).toEqual(['drill'])
  })

  it('refuses what is cut short, nested or no map, and never hangs', () => {
    const whole = canonicalRecord(5)
    for (let length = 0; length < whole.length; length += 1) expect(() => decodeRecord(whole.slice(0, length))).toThrow()
    expect(() => decodeRecord(fromHex('9bffffffffffffffff'))).toThrow()
    expect(() => decodeRecord(fromHex('8181818181818100'))).toThrow('deep')
    expect(() => decodeRecord(fromHex('00'))).toThrow()
  })
})

/** A small signed log, made by Node's own crypto. */
function signedLog(size: number, at: number) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  const records = Array.from({ length: size }, (_, seq) => canonicalRecord(seq))
  const leaves = records.map(leafHash)
  const origin = 'medward/site-1/waf'
  const text = `${origin}\n${size}\n${Buffer.from(treeHash(leaves)).toString('base64')}\n`
  const signature = sign(null, Buffer.from(text), privateKey)
  const id = keyId(origin, raw)
  const note = `${text}\n\u2014 ${origin} ${Buffer.concat([id, signature]).toString('base64')}\n`
  const canonical = records[at] ?? new Uint8Array()
  const record: EventRecord = { stream: 'waf', seq: at, address: `waf:${at}`, event: { '@timestamp': 1_700_000_000_000_000 } }
  const proof: InclusionProof = {
    stream: 'waf',
    seq: at,
    leaf_hash: toHex(leafHash(canonical)),
    size,
    path: treePath(at, leaves).map(toHex),
    root: toHex(treeHash(leaves)),
    checkpoint: note,
    site_vkey: `${origin}+${toHex(id)}+${Buffer.concat([Buffer.of(1), raw]).toString('base64')}`,
    proof_text: '',
  }
  return { canonical, record, proof }
}

describe('verifyInclusion', () => {
  it('proves a record of a signed log', async () => {
    const { canonical, record, proof } = signedLog(11, 6)
    const verdict = await verifyInclusion(record, canonical, proof)
    expect(verdict.checks).toEqual(['content', 'leaf', 'path', 'checkpoint', 'signature'].map((name) => ({ name, state: 'good' })))
    expect(verdict.proven).toBe(true)
    expect(verdict.fingerprint).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  })

  it('fails when one byte of the record differs', async () => {
    const { canonical, record, proof } = signedLog(11, 6)
    const changed = canonical.slice()
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1
    const verdict = await verifyInclusion(record, changed, proof)
    expect(verdict.proven).toBe(false)
    expect(verdict.checks.filter((check) => check.state === 'bad').map((check) => check.name)).toEqual(['leaf', 'path', 'checkpoint'])
  })

  it('fails when the server shows the bytes of another record', async () => {
    const { record, proof } = signedLog(11, 6)
    const other = signedLog(11, 7)
    const verdict = await verifyInclusion(record, other.canonical, proof)
    expect(verdict.checks.find((check) => check.name === 'content')?.state).toBe('bad')
    expect(verdict.proven).toBe(false)
  })

  it('fails when the note names another root, or is signed by another key', async () => {
    const { canonical, record, proof } = signedLog(11, 6)
    const other = signedLog(11, 6)
    const foreignKey = await verifyInclusion(record, canonical, { ...proof, site_vkey: other.proof.site_vkey })
    expect(foreignKey.checks.find((check) => check.name === 'signature')?.state).toBe('bad')
    const longer = await verifyInclusion(record, canonical, { ...proof, checkpoint: signedLog(12, 6).proof.checkpoint })
    expect(longer.checks.find((check) => check.name === 'checkpoint')?.state).toBe('bad')
    expect(longer.proven).toBe(false)
  })

  it('fails, and does not throw, on anything that is no proof', async () => {
    const { canonical, record, proof } = signedLog(4, 2)
    const verdict = await verifyInclusion(record, canonical, { ...proof, path: ['zz'], checkpoint: 'nonsense', site_vkey: 'none' })
    expect(verdict.proven).toBe(false)
  })
})

describe('checkpoint notes', () => {
  it('keep the signed text with its last newline', async () => {
    const { proof } = signedLog(3, 0)
    const checkpoint = parseCheckpoint(proof.checkpoint)
    expect(checkpoint.text.endsWith('\n')).toBe(true)
    expect(checkpoint.text.split('\n')).toHaveLength(4)
    expect(await checkSignature(checkpoint, proof.site_vkey)).toBe('good')
    expect(await checkSignature({ ...checkpoint, text: checkpoint.text.replace('3', '4') }, proof.site_vkey)).toBe('bad')
  })

  it('have the fingerprint of the Crockford alphabet', () => {
    const checkpoint = { origin: 'o', size: 0, root: new Uint8Array(32), text: 'abc', signatures: [] }
    // SHA-256("abc") begins ba7816bf8f01cfea4141; the letters were computed with Python integers.
    expect(fingerprint(checkpoint)).toBe('Q9W1-DFWF-077Y-MGA1')
  })
})
