/**
 * Sealing a bid 封装标书 in the bidder's browser, and what opens it again. Formats: docs/bids.md.
 *
 *     const bid = await sealBid(plan, statement, files)   // bid.sealed and bid.keys leave; bid.identity does not
 *
 * The file goes to a fresh X25519 identity in the age format. Its secret leaves only in pieces: a Shamir share for each
 * seat, encrypted to that seat, and a timelock. A commitment to each share says later whose share is wrong.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { bech32, base64 } from "@scure/base";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { combine, split } from "shamir-secret-sharing";
import { randomHex } from "../keys.js";
import { RoundIdentity, RoundRecipient } from "./tlock.js";

export const BID = "mingtang-bid/1";
export const KEYS = "mingtang-bid-keys/1";

/** @typedef {{seat: string, recipient: string}} Seat */
/** @typedef {{seats: Seat[], threshold: number, round_number: number | null}} Plan */
/** @typedef {{name: string, bytes: Uint8Array}} Named */
/** @typedef {{seat: string, commitment: string, sealed: string}} Share */
/**
 * @typedef {{format: string, recipient: string, threshold: number, shares: Share[],
 *   timelock: {round: number, sealed: string} | null}} Keys
 */
/** @typedef {{project: string, lot: string, round: number, bidder_code: string, price_fen: number | null,
 *   quotes: {name: string, value: string | number}[], quote?: number, declared?: object,
 *   members?: object[], agreement?: object}} Statement */

/** The commitment to a seat's share, 64 hex digits. @param {string} seat @param {Uint8Array} share */
export const commitmentTo = (seat, share) =>
  bytesToHex(sha256(concatBytes(utf8ToBytes(`mingtang-bid-share/1\n${seat}\n`), share)));

/** @param {Uint8Array | string} data @returns {string} */
export const sha256Hex = (data) => bytesToHex(sha256(typeof data === "string" ? utf8ToBytes(data) : data));

/**
 * What is inside: a line with the format, a line of JSON, the files' bytes. For the nonce its digest cannot be guessed.
 * @param {Statement} statement @param {Named[]} files @returns {Uint8Array}
 */
export function packBid(statement, files) {
  const listed = files.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: sha256Hex(bytes) }));
  const head = JSON.stringify({ ...statement, nonce: randomHex(), files: listed });
  return concatBytes(utf8ToBytes(`${BID}\n${head}\n`), ...files.map(({ bytes }) => bytes));
}

/**
 * @param {Plan} plan @param {Statement} statement @param {Named[]} files
 * @returns {Promise<{sealed: Uint8Array, keys: string, identity: string, plain_sha256: string}>}
 */
export async function sealBid(plan, statement, files) {
  const plain = packBid(statement, files);
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const keys = JSON.stringify({
    format: KEYS,
    recipient,
    threshold: plan.threshold,
    shares: await sharesOf(plan, identity),
    timelock: plan.round_number === null ? null : await timelocked(plan.round_number, identity),
  });
  return { sealed: await encryptTo(recipient, plain), keys, identity, plain_sha256: sha256Hex(plain) };
}

/** @param {Plan} plan @param {string} identity @returns {Promise<Share[]>} */
async function sharesOf({ seats, threshold }, identity) {
  if (!seats.length) return [];
  const shares = await split(secretOf(identity), seats.length, threshold);
  return Promise.all(
    seats.map(async ({ seat, recipient }, i) => ({
      seat,
      commitment: commitmentTo(seat, shares[i]),
      sealed: base64.encode(await encryptTo(recipient, shares[i])),
    })),
  );
}

/** @param {number} round @param {string} identity */
async function timelocked(round, identity) {
  return { round, sealed: base64.encode(await encryptTo(new RoundRecipient(round), utf8ToBytes(identity))) };
}

/**
 * A seat opens its own share; null where the bidder gave it none, or one that its key does not open.
 * @param {string} seat @param {string} identity  the seat's `AGE-SECRET-KEY-1…` @param {Keys} keys
 * @returns {Promise<Uint8Array | null>}
 */
export async function openShare(seat, identity, keys) {
  const own = keys.shares.find((one) => one.seat === seat);
  if (!own) return null;
  return decryptWith(identity, base64.decode(own.sealed)).catch(() => null);
}

/** The bid's identity from its shares. @param {Uint8Array[]} shares @returns {Promise<string>} */
export const fromShares = async (shares) => identityOf(await combine(shares));

/** The bid's identity from its timelock. @param {Keys} keys @param {string} signature @returns {Promise<string>} */
export async function fromTimelock({ timelock }, signature) {
  if (!timelock) throw new Error("no timelock");
  const opened = await decryptWith(new RoundIdentity(timelock.round, signature), base64.decode(timelock.sealed));
  return new TextDecoder().decode(opened);
}

/** @param {string | RoundRecipient} recipient @param {Uint8Array} data @returns {Promise<Uint8Array>} */
export function encryptTo(recipient, data) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(data);
}

/** @param {string | RoundIdentity} identity @param {Uint8Array} data @returns {Promise<Uint8Array>} */
export function decryptWith(identity, data) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(data);
}

const PREFIX = "age-secret-key-";

/** The 32 bytes of an X25519 identity. @param {string} identity @returns {Uint8Array} */
export function secretOf(identity) {
  const { prefix, bytes } = bech32.decodeToBytes(identity.toLowerCase());
  if (prefix !== PREFIX || bytes.length !== 32) throw new Error("not an age identity");
  return Uint8Array.from(bytes);
}

/** @param {Uint8Array} secret @returns {string} */
export const identityOf = (secret) => bech32.encodeFromBytes(PREFIX, secret).toUpperCase();
