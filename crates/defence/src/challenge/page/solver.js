// Finds the counter of a proof of work. Stands alone: its text is also the program of the Worker.
// SHA-256 (FIPS 180-4) is written out because WebCrypto is missing on plain HTTP; ES5 because hospitals have old browsers.
function makeSolver() {
  "use strict";
  var ROUNDS = new Int32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  ]);
  var START = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  ];
  var schedule = new Int32Array(64);

  // Mixes the 64 bytes at `from` into the eight words of `state`.
  function compress(state, bytes, from) {
    var w = schedule, i, s0, s1, t1, t2;
    for (i = 0; i < 16; i++, from += 4) {
      w[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
    }
    for (; i < 64; i++) {
      s0 = w[i - 15];
      s0 = ((s0 >>> 7) | (s0 << 25)) ^ ((s0 >>> 18) | (s0 << 14)) ^ (s0 >>> 3);
      s1 = w[i - 2];
      s1 = ((s1 >>> 17) | (s1 << 15)) ^ ((s1 >>> 19) | (s1 << 13)) ^ (s1 >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    var a = state[0], b = state[1], c = state[2], d = state[3];
    var e = state[4], f = state[5], g = state[6], h = state[7];
    for (i = 0; i < 64; i++) {
      s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + w[i]) | 0;
      s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  // Hashes `text`, which is ASCII, with digits after it that change from call to call; whole blocks before them are mixed once.
  function hasher(text) {
    var before = new Int32Array(START), state = new Int32Array(8), tail = new Uint8Array(128);
    var whole = text.length - (text.length % 64), fixed = text.length - whole, i;
    for (i = 0; i < text.length; i++) {
      tail[i % 64] = text.charCodeAt(i);
      if (i % 64 === 63) { compress(before, tail, 0); }
    }
    return function (digits) {
      var end = fixed, i;
      for (i = 0; i < digits.length; i++) { tail[end++] = digits.charCodeAt(i); }
      tail[end++] = 0x80;
      var size = end + 8 > 64 ? 128 : 64, bits = (text.length + digits.length) * 8;
      while (end < size - 4) { tail[end++] = 0; }
      for (i = 24; i >= 0; i -= 8) { tail[end++] = bits >>> i; }
      state.set(before);
      compress(state, tail, 0);
      if (size === 128) { compress(state, tail, 64); }
      return state;
    };
  }

  function sha256Hex(text) {
    var hex = "", words = hasher(text)("");
    for (var i = 0; i < 8; i++) { hex += ("0000000" + (words[i] >>> 0).toString(16)).slice(-8); }
    return hex;
  }

  // A search from 0 on; each call of `step` tries `count` counters and gives the right one, or null. `bits` is 1 to 32.
  function search(token, bits) {
    var hash = hasher(token), next = 0;
    return {
      step: function (count) {
        for (var end = next + count; next < end; next++) {
          if (hash(String(next))[0] >>> (32 - bits) === 0) { return String(next); }
        }
        return null;
      },
      // The chance to have been done by now: it grows steadily and never lies about the end, which nobody knows.
      progress: function () { return 1 - Math.exp(-next / Math.pow(2, bits)); }
    };
  }

  return { sha256Hex: sha256Hex, search: search };
}
