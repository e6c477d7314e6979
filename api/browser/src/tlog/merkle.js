/** The Merkle tree of RFC 6962 §2.1 over SHA-256: leaf hashes, and whether an inclusion proof leads to a root. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
export const MAX_SIZE = 2n ** 63n - 1n;

/** @param {Uint8Array} entry @returns {Uint8Array} 32 bytes */
export const leafHash = (entry) => sha256(concatBytes(LEAF, entry));

const nodeHash = (/** @type {Uint8Array} */ left, /** @type {Uint8Array} */ right) =>
  sha256(concatBytes(NODE, left, right));

/** @param {Uint8Array} one @param {Uint8Array} other @returns {boolean} */
export const isSame = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/**
 * Whether the entry with this leaf hash stands at `index` of the tree (RFC 9162 §2.1.3.2). A proof that is too long or
 * too short is wrong, whatever its beginning gives.
 * @param {Uint8Array} leaf @param {bigint} index @param {bigint} size  of the tree
 * @param {Uint8Array[]} path  the leaf's sibling first @param {Uint8Array} root
 * @returns {boolean}
 */
export function isIncluded(leaf, index, size, path, root) {
  if (index < 0n || index >= size || size > MAX_SIZE || leaf.length !== 32) return false;
  let [at, last, hash] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n || sibling.length !== 32) return false;
    if (at % 2n === 1n || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2n === 0n && at !== 0n) [at, last] = [at / 2n, last / 2n];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [at / 2n, last / 2n];
  }
  return last === 0n && isSame(hash, root);
}
