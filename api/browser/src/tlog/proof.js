/**
 * Checkpoints (C2SP tlog-checkpoint) and receipts (tlog-proof): whether the log holds an entry, by its own signed word.
 *
 *     c2sp.org/tlog-proof@v1⏎
 *     [extra BASE64⏎]
 *     index N⏎
 *     BASE64 of 32 bytes⏎      the leaf's sibling first
 *     ⏎
 *     the checkpoint, with its signature lines
 */

import { isIncluded, leafHash, MAX_SIZE } from "./merkle.js";
import { cosignedAt, fromBase64, fromDecimal, fromUtf8, need, parseNote, requireSignature } from "./note.js";

/** @typedef {import("./note.js").Key} Key */
/** @typedef {{origin: string, size: bigint, root: Uint8Array, note: import("./note.js").Note}} Checkpoint */
/** @typedef {{index: bigint, size: bigint, witnesses: number}} Proven */

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const MAX_PATH = 63;

/**
 * The checkpoint that the log of this key signed.
 * @param {string} text @param {Key} log @returns {Checkpoint} @throws {import("./note.js").BadProof}
 */
export function openCheckpoint(text, log) {
  const note = parseNote(text);
  const [origin, size, root, ...rest] = note.text.split("\n");
  need(rest.pop() === "" && [origin, size, root, ...rest].every(Boolean), "malformed checkpoint");
  const checkpoint = { origin, size: fromDecimal(size), root: fromBase64(root), note };
  need(checkpoint.size <= MAX_SIZE && checkpoint.root.length === 32, "malformed checkpoint");
  requireSignature(note, log);
  need(origin === log.name, "the checkpoint is of another log");
  return checkpoint;
}

/**
 * Where a receipt proves an entry to stand.
 * @param {Uint8Array} receipt @param {Uint8Array} entry  its bytes @param {Key} log
 * @param {{witnesses?: Key[], quorum?: number}} [wanted]
 * @returns {Proven} witnesses: how many of those named cosigned @throws {import("./note.js").BadProof}
 */
export function openReceipt(receipt, entry, log, { witnesses = [], quorum = 0 } = {}) {
  const text = fromUtf8(receipt);
  const split = text.indexOf("\n\n");
  need(split >= 0, "a receipt without its empty line");
  const lines = text.slice(0, split).split("\n");
  need(lines.shift() === FIRST_LINE, "not a receipt");
  if (lines[0]?.startsWith("extra ")) fromBase64(/** @type {string} */ (lines.shift()).slice("extra ".length));
  const first = lines.shift() ?? "";
  need(first.startsWith("index ") && lines.length <= MAX_PATH, "malformed receipt");
  const index = fromDecimal(first.slice("index ".length));
  const checkpoint = openCheckpoint(text.slice(split + 2), log);
  const signed = witnesses.filter((witness) => cosignedAt(checkpoint.note, witness) !== null).length;
  need(signed >= quorum, "too few witnesses");
  const { size, root } = checkpoint;
  need(isIncluded(leafHash(entry), index, size, lines.map(fromBase64), root), "the entry is not in that tree");
  return { index, size, witnesses: signed };
}
