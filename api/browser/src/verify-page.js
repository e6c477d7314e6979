/** The check page with the verifier in a worker: `[data-verify]` elements with `data-worker-url`. */

import { whenReady } from "./dom.js";
import { mount } from "./verify-view.js";

/** @param {string} url  of the built worker.js, same origin @returns {import("./verify-view.js").Runner} */
const inWorker = (url) => (evidence, onStep) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(url);
    const end = (/** @type {() => void} */ settle) => {
      worker.terminate();
      settle();
    };
    worker.onmessage = ({ data }) => {
      if (data.step) onStep(data.step, data.index);
      else if (data.verdict) end(() => resolve(data.verdict));
      else end(() => reject(new Error(data.crash)));
    };
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
    worker.postMessage({ evidence }, [evidence]);
  });

/** Fill what is still empty: all of the page at first, later what a live page took over. */
function mountAll() {
  for (const host of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-verify]"))) {
    if (!host.querySelector(".verify-output")) mount(host, inWorker(host.dataset.workerUrl ?? ""));
  }
}

whenReady(mountAll);
document.addEventListener("mingtang:swapped", mountAll);
