/** The pages of an agency's own desk: drafts that save themselves, rows that open one by one, printing. */

import { whenReady } from "../dom.js";
import { forgetDraft, mountDraft } from "./draft.js";

whenReady(() => {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-draft]"))) {
    mountDraft(form);
  }
  for (const saved of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-draft-done]"))) {
    forgetDraft(saved.dataset.draftDone ?? "");
  }
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-print]"))) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});
