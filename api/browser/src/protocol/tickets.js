/**
 * SHA-256 (FIPS 180-4) of the one kind of text a draw has a hundred thousand of: tickets 签值.
 *
 *     seed      64 characters: the first block, the same for all tickets, so its state is computed once
 *     :code:n   at most 38 characters: with the padding the second block, the last
 */

// The fractional parts of the cube roots of the first 64 primes.
const K = Int32Array.from(
  (
    "428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 " +
    "72be5d74 80deb1fe 9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da " +
    "983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 27b70a85 2e1b2138 4d2c6dfc 53380d13 " +
    "650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 " +
    "19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 " +
    "90befffa a4506ceb bef9a3f7 c67178f2"
  )
    .split(" ")
    .map((word) => parseInt(word, 16)),
);
const START = Int32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
);

const w = new Int32Array(64);

/** One block, whose 16 words stand in `w`. @param {Int32Array} state @param {Int32Array} into  8 words each */
function compress(state, into) {
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  into[0] = (state[0] + a) | 0;
  into[1] = (state[1] + b) | 0;
  into[2] = (state[2] + c) | 0;
  into[3] = (state[3] + d) | 0;
  into[4] = (state[4] + e) | 0;
  into[5] = (state[5] + f) | 0;
  into[6] = (state[6] + g) | 0;
  into[7] = (state[7] + h) | 0;
}

/** Put a text into a block that is 0 there. @param {Int32Array} block @param {number} at @param {string} text  bytes */
function put(block, at, text) {
  for (let i = 0; i < text.length; i += 1) {
    const place = at + i;
    block[place >> 2] |= text.charCodeAt(i) << (24 - 8 * (place & 3));
  }
}

/** The tickets of one draw. */
export class Tickets {
  /** @param {string} seed  64 ASCII characters */
  constructor(seed) {
    this.start = new Int32Array(8);
    this.block = new Int32Array(16);
    this.one = new Int32Array(8);
    this.least = new Int32Array(8);
    w.fill(0);
    put(w, 0, seed);
    compress(START, this.start);
  }

  /**
   * The smallest ticket of an agent and its ball; of equal ones the first.
   * @param {string} code  at most 32 ASCII characters @param {number} balls  1..1000
   * @returns {{ball: number, ticket: string}}
   */
  smallest(code, balls) {
    const { start, block, one, least } = this;
    const name = `:${code}:`;
    let ball = 0;
    block.fill(0);
    put(block, 0, name);
    for (let n = 1; n <= balls; n += 1) {
      const digits = String(n);
      const length = name.length + digits.length;
      for (let i = 0; i < 16; i += 1) w[i] = block[i];
      put(w, name.length, digits);
      put(w, length, "\u0080"); // the padding begins
      w[15] = (64 + length) * 8; // bits; the upper half of the length, w[14], is 0
      compress(start, one);
      if (ball === 0 || isBelow(one, least)) {
        least.set(one);
        ball = n;
      }
    }
    return { ball, ticket: hex(least) };
  }
}

/** @param {Int32Array} a @param {Int32Array} b @returns {boolean} */
function isBelow(a, b) {
  for (let i = 0; i < 8; i += 1) if (a[i] !== b[i]) return a[i] >>> 0 < b[i] >>> 0;
  return false;
}

/** @param {Int32Array} words @returns {string} */
function hex(words) {
  let out = "";
  for (const one of words) out += (one >>> 0).toString(16).padStart(8, "0");
  return out;
}
