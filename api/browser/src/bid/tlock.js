/**
 * Timelock 时间锁 (tlock on drand quicknet): an age stanza that opens with the network's signature of one round.
 *
 * Boneh–Franklin identity-based encryption, byte for byte that of drand's tlock and of npm tlock-js: the identity is
 * the round's message, the private key its signature. Before the round there is no such key anywhere; after it
 * everybody has it.
 */

import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { Stanza } from "age-encryption";
import { QUICKNET, isRoundSignature, roundMessage } from "../protocol/beacon.js";

const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const POINT = 96; // bytes of a point of G2
const KEY = 16; // bytes of an age file key
const { G1, G2, fields } = bls12_381;

/** To whom a file is encrypted: whoever has the signature of the round. Given to `Encrypter.addRecipient`. */
export class RoundRecipient {
  /** @param {number} round */
  constructor(round) {
    this.round = round;
  }

  /** @param {Uint8Array} fileKey @returns {Stanza[]} */
  wrapFileKey(fileKey) {
    return [new Stanza(["tlock", String(this.round), QUICKNET.chain_hash], encrypt(this.round, fileKey))];
  }
}

/** Who can open it. Given to `Decrypter.addIdentity`. */
export class RoundIdentity {
  /** @param {number} round @param {string} signature  96 hex digits; it is checked */
  constructor(round, signature) {
    if (!isRoundSignature(round, signature)) throw new Error(`not the network's signature of round ${round}`);
    this.round = round;
    this.signature = signature;
  }

  /** @param {Stanza[]} stanzas @returns {Uint8Array | null} */
  unwrapFileKey(stanzas) {
    const [type, ...named] = ["tlock", String(this.round), QUICKNET.chain_hash];
    const own = stanzas.find(({ args }) => args[0] === type && named.every((value, i) => args[i + 1] === value));
    return own ? decrypt(this.signature, own.body) : null;
  }
}

/** @param {number} round @param {Uint8Array} key @returns {Uint8Array} U, V and W one after the other */
function encrypt(round, key) {
  const identity = G1.hashToCurve(roundMessage(round), { DST });
  const master = G2.Point.fromHex(QUICKNET.public_key);
  const sigma = crypto.getRandomValues(new Uint8Array(key.length));
  const r = h3(sigma, key);
  const gate = fields.Fp12.pow(bls12_381.pairing(/** @type {any} */ (identity), master), r);
  return concatBytes(G2.Point.BASE.multiply(r).toBytes(), xor(sigma, h2(gate)), xor(key, h4(sigma)));
}

/** @param {string} signature @param {Uint8Array} body @returns {Uint8Array} */
function decrypt(signature, body) {
  if (body.length !== POINT + 2 * KEY) throw new Error("a tlock stanza of another length");
  const u = G2.Point.fromHex(bytesToHex(body.subarray(0, POINT)));
  const gate = bls12_381.pairing(G1.Point.fromHex(signature), u);
  const sigma = xor(body.subarray(POINT, POINT + KEY), h2(gate));
  const key = xor(body.subarray(POINT + KEY), h4(sigma));
  if (!G2.Point.BASE.multiply(h3(sigma, key)).equals(u)) throw new Error("the tlock stanza is not what it says");
  return key;
}

/** @param {any} gate  an element of Fp12 @returns {Uint8Array} */
const h2 = (gate) => sha256(concatBytes(utf8ToBytes("IBE-H2"), ...coefficients(gate))).subarray(0, KEY);

/** @param {Uint8Array} sigma @returns {Uint8Array} */
const h4 = (sigma) => sha256(concatBytes(utf8ToBytes("IBE-H4"), sigma)).subarray(0, KEY);

/**
 * A scalar: the first digest that is below the order of the curve, which one in eleven is not.
 * @param {Uint8Array} sigma @param {Uint8Array} key @returns {bigint}
 */
function h3(sigma, key) {
  const digest = sha256(concatBytes(utf8ToBytes("IBE-H3"), sigma, key));
  for (let i = 1; i < 65535; i++) {
    const data = sha256(concatBytes(Uint8Array.of(i & 255, i >> 8), digest));
    data[0] >>= 1;
    const scalar = BigInt(`0x${bytesToHex(data)}`);
    if (scalar > 0n && scalar < fields.Fr.ORDER) return scalar;
  }
  throw new Error("no scalar");
}

/** An element of Fp12 as the network's own library writes it: highest coefficient first. @param {any} element */
function coefficients(element) {
  /** @type {Uint8Array[]} */
  const found = [];
  for (const half of [element.c1, element.c0])
    for (const third of [half.c2, half.c1, half.c0])
      for (const part of [third.c1, third.c0]) found.push(hexToBytes(part.toString(16).padStart(96, "0")));
  return found;
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {Uint8Array} */
const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);
