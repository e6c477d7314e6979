/** 手机取数: the round's signature by camera or by hand, proved on this device before anything is computed from it. */

import { el } from "../dom.js";
import { isRoundSignature } from "../protocol/beacon.js";
import { scanInto } from "../scan.js";
import { leave } from "./dialogs.js";
import { faultOf, GROUPS, inGroups, plain, signatureIn } from "./round-text.js";
import { wish } from "./server.js";
import { T } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function fromTelephone(app) {
  const round = app.model.state.present.round;
  const verdict = el("p", { class: "verdict", role: "status" });
  const video = /** @type {HTMLVideoElement} */ (el("video", { hidden: true, class: "camera" }));
  /** @type {(() => void) | null} */
  let stop = null;
  let isOver = false;
  let signature = "";
  const key = wish();
  const fields = Array.from({ length: GROUPS }, (_, index) => {
    const label = `${index + 1}`;
    const field = /** @type {HTMLInputElement} */ (
      el("input", { type: "text", maxlength: "200", autocomplete: "off", spellcheck: "false", "aria-label": label })
    );
    field.id = `c-group-${index + 1}`;
    return field;
  });
  const faults = fields.map((field, index) => {
    const fault = el("span", { class: "group-fault", id: `c-fault-${index + 1}` });
    field.setAttribute("aria-describedby", fault.id);
    return fault;
  });

  const judge = () => {
    const digits = fields.map(({ value }) => plain(value));
    let isWhole = true;
    digits.forEach((group, index) => {
      const fault = group === "" ? null : faultOf(group, index);
      faults[index].textContent = fault ? `✗ ${app.t(fault)}` : group === "" ? "" : "✓";
      fields[index].toggleAttribute("aria-invalid", !!fault && group.length >= 8);
      isWhole &&= group !== "" && fault === null;
    });
    signature = "";
    if (!isWhole) {
      verdict.textContent = "";
    } else if (isRoundSignature(round, digits.join(""))) {
      signature = digits.join("");
      verdict.textContent = `✓ ${app.t(T.signatureOk)}`;
      app.present({ message: "" });
    } else {
      verdict.textContent = `✗ ${app.t(T.signatureBad)}`;
      app.present({ message: "BAD_SIGNATURE" });
    }
    verdict.className = `verdict ${signature ? "is-good" : "is-bad"}`;
  };
  const fill = (/** @type {string} */ digits) => {
    inGroups(digits).forEach((group, index) => {
      fields[index].value = group;
    });
    judge();
  };
  fields.forEach((field, index) => {
    field.addEventListener("input", () => {
      const digits = plain(field.value);
      if (digits.length > 8) {
        // pasted, or typed on: the rest belongs to the groups that follow
        const rest = digits.match(/.{1,8}/g) ?? [];
        rest.forEach((group, step) => {
          if (fields[index + step]) fields[index + step].value = group;
        });
        fields[Math.min(GROUPS - 1, index + rest.length - 1)].focus();
      } else if (digits.length === 8 && !faultOf(digits, index)) {
        fields[index + 1]?.focus();
      }
      judge();
    });
  });

  const scan = async () => {
    try {
      video.hidden = false;
      const end = await scanInto(video, (text) => {
        const found = signatureIn(text, round);
        if ("fault" in found) verdict.textContent = `✗ ${app.t(found.fault)}`;
        else fill(found.signature);
      });
      if (isOver) end();
      else stop = end;
    } catch {
      video.hidden = true;
      verdict.textContent = app.t(T.noCamera);
    }
  };
  const run = async () => {
    if (!signature) return fields.find(({ value }, index) => faultOf(plain(value), index))?.focus();
    if (await app.act("result", { signature }, key)) app.end();
  };
  app.open({
    id: "round",
    title: `${app.t(T.phone)} · ${round}`,
    body: [
      el("p", {}, app.t(T.phoneHint)),
      el("div", { class: "groups" }, ...fields.map((field, index) => el("span", {}, field, faults[index]))),
      verdict,
      video,
    ],
    commands: [
      { id: "take", key: "Enter", label: app.t(T.take), isPrimary: true, run },
      { id: "scan", label: app.t(T.camera), run: scan },
      leave(app),
    ],
    isLegal: () => !!app.offer("complete"),
    onEnd: () => {
      isOver = true;
      stop?.();
    },
    focus: fields[0],
  });
}
