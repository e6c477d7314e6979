/** The check page as one file that needs no server: the verifier runs in the page, since file:// has no workers. */

import { whenReady } from "./dom.js";
import { verify } from "./protocol/verify.js";
import { mount } from "./verify-view.js";

/** Let the browser draw before the work begins. */
const nextFrame = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

whenReady(() => {
  for (const host of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-verify]"))) {
    mount(host, async (evidence, onStep) => {
      await nextFrame();
      let index = 0;
      return verify(new Uint8Array(evidence), (step) => {
        onStep(step, index);
        index += 1;
      });
    });
  }
});
