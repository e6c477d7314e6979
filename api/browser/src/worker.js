/**
 * The verifier off the page's own thread, so that 100,000 tickets do not freeze a telephone.
 *
 * In: {evidence: ArrayBuffer}. Out: {step, index} for each of the nine stages, then {verdict}; {crash} if the program
 * itself failed, which says nothing about the file.
 */

import { verify } from "./protocol/verify.js";

self.onmessage = ({ data }) => {
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
