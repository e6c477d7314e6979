/**
 * The seat's page: signed acts, the panel of this device, and, where something may wait for a signature that the log
 * does not tell of (`data-poll`, seconds), a fresh look every now and then.
 */

import "./act.js";
import { whenReady } from "./dom.js";
import { mountSeatPanels } from "./seat-view.js";

const POLL = "[data-seat][data-poll]";

if (typeof document !== "undefined") {
  document.addEventListener("mingtang:swapped", mountSeatPanels);
  whenReady(() => {
    mountSeatPanels();
    let waited = 0;
    setInterval(() => {
      const panel = /** @type {HTMLElement | null} */ (document.querySelector(POLL));
      waited += 1;
      if (!panel || document.hidden || waited < Number(panel.dataset.poll)) return;
      waited = 0;
      document.dispatchEvent(new CustomEvent("mingtang:refresh"));
    }, 1000);
  });
}
