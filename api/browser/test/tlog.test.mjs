import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hexToBytes } from "@noble/hashes/utils.js";
import { isIncluded, leafHash } from "../src/tlog/merkle.js";
import { cosignedAt, parseNote, parseVkey, requireSignature } from "../src/tlog/note.js";
import { openCheckpoint, openReceipt } from "../src/tlog/proof.js";
import { bytesOf } from "./vectors.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../../tests/vectors/tlog.json", import.meta.url), "utf8"));
const bad = { name: "BadProof" };
const base64 = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "base64"));

/** Whether a check passes; anything but a BadProof is a fault of the check. @param {() => unknown} check */
function passes(check) {
  try {
    check();
    return true;
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "BadProof") throw error;
    return false;
  }
}

test("leaf hashes and inclusion proofs agree with the vectors of RFC 6962", () => {
  const { leaves_hex: leaves, leaf_hashes_hex: hashes, inclusion } = vectors.rfc6962;
  leaves.forEach((leaf, i) => assert.deepEqual(leafHash(hexToBytes(leaf)), hexToBytes(hashes[i])));
  for (const { size, index, leaf_hash_hex: leaf, root_hex: root, proof_hex: proof, ok } of inclusion) {
    const path = proof.map(hexToBytes);
    const found = isIncluded(hexToBytes(leaf), BigInt(index), BigInt(size), path, hexToBytes(root));
    assert.equal(found, ok, `entry ${index} of ${size}`);
  }
  assert.ok(inclusion.some(({ ok }) => ok) && inclusion.some(({ ok }) => !ok));
});

test("inclusion proofs agree with those of others, sizes beyond the safe integers among them", () => {
  const cases = vectors.published_merkle.filter(({ kind }) => kind === "inclusion");
  assert.ok(cases.length > 50);
  for (const { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr, desc } of cases) {
    const path = (proof ?? []).map(base64);
    const found = isIncluded(base64(leaf), BigInt(leafIdx), BigInt(treeSize), path, base64(root));
    assert.equal(found, !wantErr, desc);
  }
});

test("checkpoints are opened or refused as the vectors say", () => {
  const log = parseVkey(vectors.checkpoints.vkey);
  for (const { name, note, origin, size, ok } of vectors.checkpoints.cases) {
    assert.equal(
      passes(() => openCheckpoint(note, log)),
      ok,
      name,
    );
    if (!ok) continue;
    const checkpoint = openCheckpoint(note, log);
    assert.deepEqual([checkpoint.origin, checkpoint.size], [origin, BigInt(size)]);
  }
});

test("vkeys are read, and refused where the ID is not their own", () => {
  for (const { vkey, key_id_hex: id } of vectors.keys.keys) assert.equal(parseVkey(vkey).id, id);
  for (const { vkey, reason } of vectors.keys.bad_vkeys) assert.throws(() => parseVkey(vkey), bad, reason);
});

test("notes that others published verify", () => {
  const notes = vectors.published_notes.notes.filter(({ vkey }) => passes(() => parseVkey(vkey)));
  for (const { note, vkey } of notes) requireSignature(parseNote(note), parseVkey(vkey));
  assert.ok(notes.length >= 1);
});

test("a witness's cosignature tells its time, and one changed byte condemns the note", () => {
  const { example } = vectors.cosignatures;
  const { note } = vectors.cosignatures.cases[0];
  const witness = parseVkey(example.witness_vkey);
  assert.equal(cosignedAt(parseNote(note), witness), BigInt(example.timestamp));
  const changed = parseNote(note);
  changed.lines.forEach(({ payload }) => (payload[9] ^= 1));
  assert.throws(() => cosignedAt(changed, witness), bad);
});

test("receipts are opened or refused as the vectors say", () => {
  const { vkey, witnesses, cases } = vectors.proofs;
  const log = parseVkey(vkey);
  for (const { name, proof, entry_hex: entry, index, quorum, ok } of cases) {
    const open = () =>
      openReceipt(bytesOf(proof), hexToBytes(entry), log, { witnesses: witnesses.map(parseVkey), quorum });
    assert.equal(passes(open), ok, name);
    if (ok) assert.equal(open().index, BigInt(index), name);
  }
});

test("every changed byte of a receipt's own part is noticed", () => {
  const { vkey, cases } = vectors.proofs;
  const [log, receipt, entry] = [parseVkey(vkey), bytesOf(cases[2].proof), hexToBytes(cases[2].entry_hex)];
  openReceipt(receipt, entry, log);
  for (let at = 0; at < receipt.length; at++) {
    const changed = receipt.slice();
    changed[at] ^= 1;
    assert.ok(!passes(() => openReceipt(changed, entry, log)), `byte ${at}`);
  }
});
