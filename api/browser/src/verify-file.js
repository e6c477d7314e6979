/**
 * The check page as one file that needs no server. The same script is the page's and its worker's: the page hands its
 * own text on as a blob. Where a browser refuses that, the page does the work itself.
 */

import { mountAll } from "./check/app.js";
import { askHere, askWorker } from "./check/ask.js";
import { Job, serve } from "./check/job.js";
import { whenReady } from "./dom.js";

if (typeof document === "undefined") {
  serve();
} else {
  const text = document.currentScript?.textContent ?? ""; // only now: later there is no current script
  whenReady(() =>
    mountAll(() => {
      try {
        return askWorker(new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))));
      } catch {
        return askHere(new Job());
      }
    }),
  );
}
