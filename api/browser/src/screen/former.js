/** What became of the attempts before this one, and what a void one with a seal would have given. */

import { el } from "../dom.js";
import { both, dayTime } from "./parts.js";
import { SAY, TEXTS } from "./words.js";

/** @param {import("./hall.js").Context} context @param {any[]} former @returns {HTMLElement[]} */
export function formerParts({ name, now }, former) {
  if (!former.length) return [];
  return [
    both(TEXTS.former, "label", "h2"),
    el(
      "ol",
      { class: "former" },
      ...former.map((one) =>
        el(
          "li",
          {},
          both(SAY.void(one.attempt), "", "span"),
          "：",
          both(name("void", one.reason), "", "span"),
          ` ${one.note} `,
          el("span", { class: "when" }, dayTime(one.time * 1000, now)),
          one.shadow
            ? el("span", { class: "shadow" }, " ", both(TEXTS.shadow, "", "span"), " ", one.shadow.winners.join("、"))
            : "",
        ),
      ),
    ),
  ];
}
