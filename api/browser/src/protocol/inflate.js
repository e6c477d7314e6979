/**
 * Raw DEFLATE (RFC 1951) unpacked, up to a limit. Telephones of some years ago have no DecompressionStream.
 */

const MAX_BITS = 15;
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_BASE = LENGTH_EXTRA.map((_, i) => 3 + LENGTH_EXTRA.slice(0, i).reduce((sum, bits) => sum + 2 ** bits, 0));
LENGTH_BASE[28] = 258; // the last is for one length only
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]; // of the code lengths' own lengths

/** @typedef {{counts: Uint16Array, symbols: Uint16Array}} Code  a canonical Huffman code */

/**
 * @param {Uint8Array} lengths  of each symbol's code, 0 for none
 * @param {boolean} [isWhole]   no word may be left without a symbol; else it may where there is one symbol only
 * @returns {Code}
 */
function codeOf(lengths, isWhole = false) {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(MAX_BITS + 2);
  for (let length = 1; length <= MAX_BITS; length += 1) {
    left = left * 2 - counts[length];
    if (left < 0) throw new RangeError("a code with more words than there are");
    offsets[length + 1] = offsets[length] + counts[length];
  }
  const isLone = counts.subarray(2).every((count) => count === 0); // one word of one bit, or no word at all
  if (left > 0 && (isWhole || !isLone)) throw new RangeError("a code with fewer words than there are");
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length) symbols[offsets[length]++] = symbol;
  });
  return { counts, symbols };
}

const FIXED = Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const FIXED_DISTANCES = new Uint8Array(32).fill(5);

/**
 * @param {Uint8Array} packed  the whole stream and nothing after it
 * @param {number} limit       bytes that it may unpack to
 * @returns {Uint8Array}
 * @throws {RangeError} where it is no such stream
 */
export function inflate(packed, limit) {
  let out = new Uint8Array(Math.min(limit, Math.max(1024, packed.length * 4)));
  let size = 0;
  let at = 0;
  let held = 0; // bits read of a byte and not used yet
  let heldCount = 0;

  const bits = (/** @type {number} */ count) => {
    while (heldCount < count) {
      if (at === packed.length) throw new RangeError("it ends too early");
      held |= packed[at++] << heldCount;
      heldCount += 8;
    }
    const value = held & ((1 << count) - 1);
    held >>>= count;
    heldCount -= count;
    return value;
  };
  const symbol = (/** @type {Code} */ { counts, symbols }) => {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length += 1) {
      code |= bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("a word of no code");
  };
  const put = (/** @type {number} */ byte) => {
    if (size === limit) throw new RangeError("it unpacks to too much");
    if (size === out.length) {
      const larger = new Uint8Array(Math.min(limit, size * 2));
      larger.set(out);
      out = larger;
    }
    out[size++] = byte;
  };
  const stored = () => {
    held = 0;
    heldCount = 0;
    const length = bits(16);
    if (bits(16) !== (~length & 0xffff) || at + length > packed.length) throw new RangeError("a stored block");
    for (const end = at + length; at < end; at += 1) put(packed[at]);
  };
  const codes = () => {
    const literals = bits(5) + 257;
    const distances = bits(5) + 1;
    if (literals > 286 || distances > 30) throw new RangeError("more symbols than there are");
    const own = new Uint8Array(19);
    for (let i = 0, count = bits(4) + 4; i < count; i += 1) own[ORDER[i]] = bits(3);
    const code = codeOf(own, true);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const one = symbol(code);
      if (one < 16) {
        lengths[i++] = one;
        continue;
      }
      if (one === 16 && i === 0) throw new RangeError("nothing to repeat");
      const value = one === 16 ? lengths[i - 1] : 0;
      const count = one === 16 ? 3 + bits(2) : one === 17 ? 3 + bits(3) : 11 + bits(7);
      if (i + count > lengths.length) throw new RangeError("too many lengths");
      lengths.fill(value, i, (i += count));
    }
    if (!lengths[256]) throw new RangeError("a block without an end");
    return [codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals))];
  };
  const block = (/** @type {Code} */ literals, /** @type {Code} */ distances) => {
    for (;;) {
      const one = symbol(literals);
      if (one === 256) return;
      if (one < 256) {
        put(one);
        continue;
      }
      if (one > 285) throw new RangeError("a length that is none");
      const length = LENGTH_BASE[one - 257] + bits(LENGTH_EXTRA[one - 257]);
      const far = symbol(distances);
      if (far > 29) throw new RangeError("a distance that is none");
      const extra = far < 2 ? 0 : (far >> 1) - 1;
      const base = far < 2 ? far + 1 : ((2 + (far & 1)) << extra) + 1;
      const distance = base + bits(extra);
      if (distance > size) throw new RangeError("a distance beyond the beginning");
      for (let i = 0; i < length; i += 1) put(out[size - distance]);
    }
  };

  let isLast = 0;
  while (!isLast) {
    isLast = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else if (kind === 1) block(codeOf(FIXED), codeOf(FIXED_DISTANCES));
    else if (kind === 2) block(.../** @type {[Code, Code]} */ (codes()));
    else throw new RangeError("a block of no kind");
  }
  if (at !== packed.length) throw new RangeError("something comes after it");
  return out.slice(0, size);
}
