/**
 * What the big screen makes sure of by itself: the roster has the digest that the log gives, and the result is computed
 * again, in a worker, before any line of it is shown.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** @typedef {import("../protocol/verify.js").Verdict} Verdict */
/** @typedef {import("../protocol/verify.js").Step} Step */
/**
 * How far the screen's own computing is.
 * @typedef {object} Check
 * @property {"none" | "fetching" | "computing" | "ok" | "mismatch" | "unchecked" | "bad-signature"} status
 * @property {Step[]} steps       those that are done
 * @property {Verdict | null} verdict  with status "ok"
 * @property {string} ownSeed     "" as long as it is not computed
 * @property {string} code        the verifier's, where it refused the evidence
 */

const RETRY = 1000; // milliseconds until evidence that did not come is asked for again
const REFUSED = 5000; // and evidence that cannot be accepted

/** @returns {Check} */
export const unasked = () => ({ status: "none", steps: [], verdict: null, ownSeed: "", code: "" });

const digestOf = (/** @type {Step[]} */ steps, /** @type {string} */ id) =>
  steps.find((step) => step.id === id)?.digest ?? "";

/**
 * What the verdict is worth beside what the server says and what this screen has shown before.
 * @param {Verdict} verdict
 * @param {any} state  the server's
 * @param {string} seal  that this screen has shown; "" for none
 * @returns {Check}
 */
export function judge(verdict, state, seal) {
  const { present } = state;
  const check = { ...unasked(), steps: verdict.steps, ownSeed: digestOf(verdict.steps, "result") };
  if (!verdict.ok) {
    const status = verdict.code === "E_BEACON_SIG" ? "bad-signature" : "mismatch";
    return { ...check, status, code: verdict.code ?? "" };
  }
  if (verdict.bls === "unchecked") return { ...check, status: "unchecked" };
  const isSame =
    verdict.draw === state.draw_id &&
    verdict.attempt === present.attempt &&
    verdict.seed === present.seed &&
    verdict.result_sha256 === present.result_sha256 &&
    digestOf(verdict.steps, "plan") === present.plan_sha256 &&
    digestOf(verdict.steps, "roster") === present.roster?.sha256 &&
    digestOf(verdict.steps, "seal") === present.seal_sha256 &&
    (!seal || seal === present.seal_sha256);
  return isSame ? { ...check, status: "ok", verdict } : { ...check, status: "mismatch" };
}

/** @param {string} url @returns {Promise<ArrayBuffer>} */
async function fetchBytes(url) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.arrayBuffer();
}

/** What a state says of its result: whatever differs has to be checked anew. @param {any} state @returns {string[]} */
const claimsOf = ({ draw_id: drawId, present }) =>
  present?.evidence_url && present.result_sha256
    ? [
        drawId,
        String(present.attempt),
        present.plan_sha256,
        present.roster?.sha256 ?? "",
        present.seal_sha256,
        present.seed,
        present.result_sha256,
      ]
    : [];

/**
 * Check the result of each state that has one.
 * @param {string} workerUrl
 * @param {() => void} onChange  called when `check()` gives something else
 */
export function checker(workerUrl, onChange) {
  let check = unasked();
  let key = "";
  const seals = new Map(); // by attempt: what this screen has shown as sealed
  /** @type {Worker | null} */
  let worker = null;
  const hire = () => {
    worker?.terminate();
    const mine = new Worker(workerUrl);
    worker = mine;
    mine.onerror = () => {
      if (worker === mine) worker = null; // the program did not come; the next check asks for it again
    };
  };
  hire(); // at once, so that the program is here when the network is not

  const set = (/** @type {Check} */ next) => {
    check = next;
    onChange();
  };

  /** @param {ArrayBuffer} evidence @param {(step: Step) => void} onStep @returns {Promise<Verdict>} */
  const verify = (evidence, onStep) =>
    new Promise((resolve, reject) => {
      if (!worker) hire();
      if (!worker) throw new Error("no worker");
      worker.onmessage = ({ data }) => {
        if (data.step) onStep(data.step);
        else if (data.verdict) resolve(data.verdict);
        else reject(new Error(data.crash));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ evidence }, [evidence]);
    });

  /** @param {any} state @param {string} mine */
  const run = async (state, mine) => {
    const isCurrent = () => mine === key;
    const later = (/** @type {number} */ milliseconds) =>
      setTimeout(() => isCurrent() && run(state, mine), milliseconds);
    let evidence;
    try {
      evidence = await fetchBytes(state.present.evidence_url);
    } catch {
      if (isCurrent() && check.status !== "ok") set({ ...check, status: "fetching" });
      later(RETRY);
      return;
    }
    if (!isCurrent()) return;
    if (check.status !== "ok") set({ ...unasked(), status: "computing" });
    try {
      const verdict = await verify(evidence, (step) => {
        if (!isCurrent() || check.status !== "computing") return;
        set({ ...check, steps: [...check.steps, step] });
      });
      if (!isCurrent()) return;
      set(judge(verdict, state, seals.get(state.present.attempt) ?? ""));
    } catch {
      if (!isCurrent()) return;
      set({ ...unasked(), status: "unchecked" });
      hire();
    }
    if (check.status !== "ok") later(REFUSED);
  };

  return {
    check: () => check,
    /** @param {any} state */
    see: (state) => {
      const { present } = state;
      if (present?.seal_sha256 && !seals.has(present.attempt)) seals.set(present.attempt, present.seal_sha256);
      const claims = claimsOf(state).join();
      const wanted = claims && `${claims} ${present.standing}`;
      if (wanted === key) return;
      const isLonger = claims && key.startsWith(`${claims} `); // somebody was removed: the ranking stands meanwhile
      key = wanted;
      if (!isLonger) check = { ...unasked(), status: wanted ? "fetching" : "none" };
      if (wanted) run(state, wanted);
    },
  };
}

/**
 * Get the roster that the log names by its digest.
 * @param {() => void} onChange
 */
export function rosterReader(onChange) {
  /** @type {{sha256: string, roster: any, status: "none" | "fetching" | "ok" | "bad"}} */
  let held = { sha256: "", roster: null, status: "none" };
  const read = async (/** @type {string} */ url, /** @type {string} */ wanted) => {
    try {
      const bytes = new Uint8Array(await fetchBytes(url));
      if (held.sha256 !== wanted) return;
      const isRight = bytesToHex(sha256(bytes)) === wanted;
      held = isRight
        ? { sha256: wanted, roster: JSON.parse(new TextDecoder().decode(bytes)), status: "ok" }
        : { sha256: wanted, roster: null, status: "bad" };
      onChange();
      if (isRight) return;
    } catch {
      // asked for again below
    }
    setTimeout(() => held.sha256 === wanted && held.status !== "ok" && read(url, wanted), RETRY);
  };
  return {
    held: () => held,
    /** @param {any} state */
    see: ({ present }) => {
      const wanted = present?.roster?.sha256 ?? "";
      if (wanted === held.sha256) return;
      held = { sha256: wanted, roster: null, status: wanted ? "fetching" : "none" };
      if (wanted) read(present.roster.url, wanted);
    },
  };
}
