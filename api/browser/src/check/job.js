/** The work of the check page, off the page's own thread: it keeps the verdict and the codes read, and answers. */

import { isRoundSignature } from "../protocol/beacon.js";
import { Fault } from "../protocol/fault.js";
import { Chain } from "../protocol/qr-chain.js";
import { verify } from "../protocol/verify.js";
import { answerFor } from "./verdict.js";

/** @typedef {import("../protocol/verify.js").Verdict} Verdict */
/** @typedef {import("../protocol/verify.js").Step} Step */
/** @typedef {import("../protocol/fault.js").Words} Words */
/**
 * A verdict without what only the work needs: ten thousand places would take longer to hand over than to compute.
 * @typedef {object} Summary
 * @property {boolean} ok @property {string} [code] @property {Words} [why]
 * @property {string} draw @property {number} attempt @property {string} project
 * @property {string[]} winners @property {string[]} alternates  codes, all of them
 * @property {Record<string, string>} names  of the first of each
 * @property {number} agents @property {number} excluded
 * @property {string} seed @property {string} result @property {"ok" | "unchecked" | "-"} bls @property {string} log
 * @property {boolean} [isAsPrinted]  of a chain of codes: whether it is the file whose digest they bear
 */
/** @typedef {{state: "added" | "again" | "other" | "none", n: number, missing: number[]}} Progress */

const SHOWN = 100; // names handed over of winners, and of alternates
const LONG = 4000; // characters: a longer input is named by its digest only

export class Job {
  constructor() {
    /** @type {Verdict | null} */
    this.verdict = null;
    this.chain = new Chain();
  }

  /**
   * @param {any} request  {kind, …}, as the methods below take it
   * @param {(step: Step) => void} onStep
   * @returns {Promise<any>}
   */
  async answer(request, onStep) {
    switch (request.kind) {
      case "verify":
        return this.verify(new Uint8Array(request.evidence), onStep);
      case "lookup":
        return this.verdict?.ok ? answerFor(this.verdict, request.code) : null;
      case "code":
        return this.takeCode(request.text);
      case "forget":
        this.chain = new Chain();
        return null;
      case "chain":
        return this.verifyChain(onStep);
      case "round":
        return isRoundSignature(request.round, request.signature);
      default:
        throw new Error(`no such request: ${request.kind}`);
    }
  }

  /** @param {Uint8Array} bytes @param {(step: Step) => void} onStep @returns {Summary} */
  verify(bytes, onStep) {
    const verdict = verify(bytes, (step) =>
      onStep(step.input.length > LONG ? { ...step, input: "…" } : step),
    );
    this.verdict = verdict;
    const shown = [...verdict.winners.slice(0, SHOWN), ...verdict.alternates.slice(0, SHOWN)];
    const names = new Map(verdict.agents.map(({ code, name }) => [code, name]));
    const { ok, code, why, draw, attempt, winners, alternates, seed, bls, log } = verdict;
    return {
      ...{ ok, code, why, draw, attempt, winners, alternates, seed, bls, log },
      project: verdict.project_name,
      names: Object.fromEntries(shown.map((one) => [one, names.get(one) ?? ""])),
      agents: verdict.agents.length,
      excluded: verdict.excluded.length,
      result: verdict.result_sha256,
    };
  }

  /** @param {string} text @returns {Progress} */
  takeCode(text) {
    const state = this.chain.add(text);
    return { state, n: this.chain.n, missing: this.chain.missing };
  }

  /** @param {(step: Step) => void} onStep @returns {Summary} */
  verifyChain(onStep) {
    try {
      const { bytes, isAsPrinted } = this.chain.file();
      return { ...this.verify(bytes, onStep), isAsPrinted };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, why } = error;
      return { ...this.verify(new Uint8Array(), onStep), code, why }; // no file came of it: the first step fails
    } finally {
      this.chain = new Chain();
    }
  }
}

/** Answer a page from a worker: {id, request} in; {id, step} for each step, then {id, answer} or {id, crash} out. */
export function serve() {
  const job = new Job();
  let turn = Promise.resolve(); // one after the other, or steps of two files would mix
  self.onmessage = ({ data: { id, request } }) => {
    turn = turn
      .then(() => job.answer(request, (step) => self.postMessage({ id, step })))
      .then((answer) => self.postMessage({ id, answer }))
      .catch((error) => self.postMessage({ id, crash: String(error) }));
  };
}
