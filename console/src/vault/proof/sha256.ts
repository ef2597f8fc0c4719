/**
 * SHA-256 (FIPS 180-4 §6.2), ours and synchronous: the browser's own is asynchronous and absent outside secure
 * contexts, and the point of checking a proof here is to depend on as little as possible.
 */
const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

const BLOCK = 64

export function sha256(message: Uint8Array): Uint8Array {
  const state = new Uint32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19])
  const padded = pad(message)
  const schedule = new Uint32Array(64)
  for (let at = 0; at < padded.length; at += BLOCK) compress(state, padded, at, schedule)
  const digest = new Uint8Array(32)
  const view = new DataView(digest.buffer)
  state.forEach((word, index) => view.setUint32(index * 4, word))
  return digest
}

/** Message ‖ 0x80 ‖ zeros ‖ length in bits as u64. */
function pad(message: Uint8Array): Uint8Array {
  const length = Math.ceil((message.length + 9) / BLOCK) * BLOCK
  const padded = new Uint8Array(length)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(length - 4, (message.length << 3) >>> 0)
  return padded
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

/** Reads of typed arrays below are within bounds by their loops; `| 0` also satisfies the checked-index rule. */
function compress(state: Uint32Array, data: Uint8Array, at: number, w: Uint32Array): void {
  const view = new DataView(data.buffer, data.byteOffset + at, BLOCK)
  for (let t = 0; t < 16; t += 1) w[t] = view.getUint32(t * 4)
  for (let t = 16; t < 64; t += 1) {
    const w15 = word(w, t - 15)
    const w2 = word(w, t - 2)
    const small0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const small1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    w[t] = (word(w, t - 16) + small0 + word(w, t - 7) + small1) | 0
  }
  let [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => word(state, index)) as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t += 1) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choose = (e & f) ^ (~e & g)
    const first = (h + big1 + choose + word(K, t) + word(w, t)) | 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = (big0 + majority) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, index) => {
    state[index] = (word(state, index) + value) | 0
  })
}

function word(array: Uint32Array, index: number): number {
  return array[index] ?? 0
}
