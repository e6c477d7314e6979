/**
 * Whether the log holds what this device gave: entry and receipt are fetched and checked here, on the device, against
 * the log's key as it was first seen here.
 */

import { encode } from "./protocol/canonical.js";
import { BadProof, fromUtf8, need, parseVkey } from "./tlog/note.js";
import { openReceipt } from "./tlog/proof.js";

/** @typedef {import("./keys.js").Store} Store */
/** @typedef {{seq: string, size: string, at: number, body: any, subject: string}} Proven  at: Unix milliseconds */
/** @typedef {{kind: string, subject: string, body: Record<string, unknown>}} Wanted */

/** Not the log's fault: asked again later. */
export class NotReached extends Error {}

const PINNED = "mingtang-log-key";

/**
 * The log's key. What this device saw first counts; another one later condemns whatever comes with it.
 * @param {Store} store @param {string} vkey  as the site tells it now
 * @returns {import("./tlog/note.js").Key} @throws {BadProof}
 */
export function pinnedKey(store, vkey) {
  const known = store.getItem(PINNED);
  const key = parseVkey(vkey.trim());
  if (known === null) store.setItem(PINNED, vkey.trim());
  else need(known === vkey.trim(), "the log's key is not the one that this device saw first");
  return key;
}

/**
 * What an entry says, if the receipt proves it to stand at its place and it is the one wanted.
 * @param {string} seq @param {Uint8Array} entry @param {Uint8Array} receipt @param {import("./tlog/note.js").Key} key
 * @param {Wanted} wanted  body: the members that must be just so
 * @returns {Proven} @throws {BadProof}
 */
export function provenEntry(seq, entry, receipt, key, wanted) {
  const { index, size } = openReceipt(receipt, entry, key);
  need(String(index) === seq, `the receipt is of entry ${index}`);
  const text = fromUtf8(entry);
  const value = parsed(text);
  need(encode(value) === text, "the entry is not canonical"); // else two readers might read two things
  need(value.seq === Number(seq), "the entry names another place");
  need(value.kind === wanted.kind && value.subject === wanted.subject, "the entry is about something else");
  for (const [name, wish] of Object.entries(wanted.body)) {
    need(Object.hasOwn(value.body, name) && value.body[name] === wish, `the entry has another ${name}`);
  }
  return { seq, size: String(size), at: value.logged, body: value.body, subject: value.subject };
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadProof("the entry is not JSON");
  }
}

const PATIENCE = [500, 1500, 3000]; // milliseconds: an entry may have its place a moment before its receipt

/** @param {string} url @returns {Promise<Uint8Array>} @throws {BadProof | NotReached} */
async function bytesAt(url) {
  const ask = () =>
    fetch(url, { cache: "no-store" }).catch(() => {
      throw new NotReached(url);
    });
  let response = await ask();
  for (const pause of PATIENCE) {
    if (response.status !== 404) break;
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
    response = await ask();
  }
  if (response.status >= 500 || response.status === 429) throw new NotReached(url);
  need(response.ok, `${url}: ${response.status}`);
  return new Uint8Array(
    await response.arrayBuffer().catch(() => {
      throw new NotReached(url);
    }),
  );
}

/**
 * Fetch an entry and its receipt, and check them.
 * @param {string} seq @param {Wanted} wanted @returns {Promise<Proven>} @throws {BadProof | NotReached}
 */
export async function fetchProven(seq, wanted) {
  const [vkey, entry, receipt] = await Promise.all(
    ["/log/vkey", `/log/entry/${seq}`, `/log/receipt/${seq}`].map(bytesAt),
  );
  return provenEntry(seq, entry, receipt, pinnedKey(localStorage, fromUtf8(vkey)), wanted);
}

const AGAIN = 3000; // milliseconds

/**
 * Check until there is an answer: an unreachable log is no wrong log.
 * @param {string} seq @param {Wanted} wanted
 * @param {(outcome: Proven | BadProof | null) => void} tell  null: not reached, it is tried again
 * @returns {() => void} ends it
 */
export function keepChecking(seq, wanted, tell) {
  let isOn = true;
  const check = async () => {
    try {
      const proven = await fetchProven(seq, wanted);
      if (isOn) tell(proven);
    } catch (error) {
      if (!isOn) return;
      if (error instanceof BadProof) tell(error);
      else if (error instanceof NotReached) {
        tell(null);
        setTimeout(() => isOn && check(), AGAIN);
      } else throw error;
    }
  };
  check();
  return () => {
    isOn = false;
  };
}
