/**
 * The verifier off the big screen's own thread, so that 100,000 tickets do not stop its clock.
 *
 * In: {evidence: ArrayBuffer}. Out: {step, index} for each of the nine stages, then {verdict}; {crash} if the program
 * itself failed, which says nothing about the file.
 */

import { isRoundSignature } from "./protocol/beacon.js";
import { verify } from "./protocol/verify.js";

/** Of the network's first round: what a page does while it waits need not be done when the value has come. */
const FIRST =
  "b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df95571de8e8e402a0cc48871c7089a2b3af4b";

const SOON = 5000; // milliseconds: first the page itself has to stand

// The tables of the pairing are made, and its code is compiled, unless a result that is there already has that done.
const warming = setTimeout(() => isRoundSignature(1, FIRST), SOON);

self.onmessage = ({ data }) => {
  clearTimeout(warming);
  try {
    let index = 0;
    const verdict = verify(new Uint8Array(data.evidence), (step) => {
      self.postMessage({ step, index });
      index += 1;
    });
    self.postMessage({ verdict });
  } catch (error) {
    self.postMessage({ crash: String(error) });
  }
};
