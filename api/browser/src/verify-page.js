/** The check page on a site: `[data-verify]` elements with `data-worker-url`, the built check-worker.js. */

import { mountAll } from "./check/app.js";
import { askWorker } from "./check/ask.js";
import { whenReady } from "./dom.js";

// The worker starts at once and stays: from then on the page needs no network.
const mount = () => mountAll((host) => askWorker(new Worker(host.dataset.workerUrl ?? "")));

whenReady(mount);
document.addEventListener("mingtang:swapped", mount);
