/** The page's side of the work: a worker where there are workers, else the page itself. */

/** @typedef {import("../protocol/verify.js").Step} Step */
/** @typedef {(request: any, onStep?: (step: Step) => void) => Promise<any>} Ask */

/** @param {Worker} worker @returns {Ask} */
export function askWorker(worker) {
  /** @typedef {{resolve: (answer: any) => void, reject: (error: Error) => void, onStep: (step: Step) => void}} Asked */
  /** @type {Map<number, Asked>} */
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: { id, step, answer, crash } }) => {
    const asked = waiting.get(id);
    if (!asked) return;
    if (step) {
      asked.onStep(step);
      return;
    }
    waiting.delete(id);
    if (crash) asked.reject(new Error(crash));
    else asked.resolve(answer);
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message));
    waiting.clear();
  };
  return (request, onStep = () => {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject, onStep });
      worker.postMessage({ id: last, request }, request.evidence ? [request.evidence] : []); // moved, not copied
    });
}

/** @param {{answer: (request: any, onStep: (step: Step) => void) => Promise<any>}} job @returns {Ask} */
export const askHere =
  (job) =>
  async (request, onStep = () => {}) => {
    await new Promise((resolve) => {
      setTimeout(resolve, 20); // let the browser draw before the work begins
    });
    return job.answer(request, onStep);
  };
