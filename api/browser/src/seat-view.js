/** A seat's page 席位页 on its own device: one thing at a time, by what the log says and what this device holds. */

import { el, inFours, languageOf, qrCode } from "./dom.js";
import { Refused, storedKey } from "./keys.js";
import { commitmentOf, exportSecret, fillSeatFields, makeSecret, PUBLIC, storedSecret } from "./seat.js";
import { provenPlace, publicSecret, rememberPlace } from "./seat.js";
import { keepChecking } from "./seat-proof.js";
import { BadProof, checkList, fetchPublicSeat, NotReached } from "./seat-public-list.js";
import { restoreBox, takeBackup } from "./seat-restore.js";
import { OBJECTIONS, provenWords, TEXTS } from "./seat-words.js";

const AGAIN = 3000; // milliseconds

/** @typedef {import("./seat.js").Seat} Seat */
/** @type {WeakMap<HTMLElement, Panel>} */
const panels = new WeakMap();

/** One `[data-seat]` element. What it carries in `data-…` is the log's word; what it shows besides is this device's. */
class Panel {
  /** @param {HTMLElement} section */
  constructor(section) {
    const { draw = "", attempt = "", seat = "", commit = "", commitSeq = "", revealSeq = "" } = section.dataset;
    const { step = "commit", organisation = "", organisationName = "", contributions = "0" } = section.dataset;
    const { seatName = seat } = section.dataset;
    this.section = section;
    this.seat = { draw, attempt: Number(attempt), seat };
    this.logged = { commit, commitSeq, revealSeq };
    this.step = step;
    this.organisation = organisation;
    this.organisationName = organisationName;
    this.seatName = seatName;
    this.contributions = seat === PUBLIC ? Number(contributions) : 0;
    this.language = languageOf(section);
    /** @type {(() => void)[]} */
    this.endings = [];
    this.alarm = place(section, "data-seat-alarm", true);
    this.device = place(section, "data-seat-device", false);
    this.problem = el("p", { role: "alert", class: "seat-problem" });
  }

  /** @param {keyof typeof TEXTS} text */
  say(text) {
    return TEXTS[text][this.language];
  }

  close() {
    for (const end of this.endings.splice(0)) end();
  }

  show() {
    this.close();
    const { seat, logged } = this;
    if (!logged.commit && provenPlace(localStorage, seat)) this.object("vanished", provenPlace(localStorage, seat));
    if (this.contributions > 0) this.gather();
    else this.showWith(storedSecret(localStorage, seat));
  }

  /** @param {string | null} secret */
  showWith(secret) {
    const { seat, logged } = this;
    const own = secret ? commitmentOf(seat, secret) : "";
    const needsKey = ["early", "commit", "wait", "reveal"].includes(this.step) && this.organisation !== "";
    if (secret) fillSeatFields(document, seat, secret);
    this.secret = secret;
    if (needsKey && !storedKey(localStorage, this.organisation)) this.become("no-key", this.missingKey());
    else if (!secret) this.become(logged.commit ? "lost" : "no-secret", this.missingSecret());
    else if (logged.commit && logged.commit !== own) {
      this.object("differs", logged.commitSeq);
      this.become("differs", this.held(secret, own));
    } else {
      this.become("ready", this.held(secret, own));
      this.checkLog(secret, own);
    }
  }

  /** @param {string} device @param {Node[]} parts */
  become(device, parts) {
    this.section.dataset.device = device;
    this.device.replaceChildren(...parts, this.problem);
  }

  /** @param {keyof typeof OBJECTIONS} what @param {string} seq */
  object(what, seq) {
    const { seatName, organisationName: organisation } = this;
    const words = OBJECTIONS[what][this.language]({ ...this.seat, seat: seatName, organisation, seq });
    const parts = [el("p", {}, this.say("aloud")), el("blockquote", {}, words)];
    this.alarm.replaceChildren(el("div", { class: "seat-objection", role: "alert" }, ...parts));
  }

  /** @param {() => void} act @returns {() => void} */
  trying(act) {
    return () => {
      this.problem.textContent = "";
      try {
        act();
        this.show();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.problem.textContent = error.words[this.language];
      }
    };
  }

  restore() {
    const to = { store: localStorage, organisation: this.organisation, seat: this.seat, commit: this.logged.commit };
    const box = restoreBox(this.language, (text) => {
      takeBackup(text, to);
      this.show();
    });
    this.endings.push(box.close);
    return box.element;
  }

  missingKey() {
    const keys = el("a", { href: `/desk/keys/${encodeURIComponent(this.organisation)}` }, this.say("noKeyNew"));
    return [el("p", { class: "seat-objection" }, this.say("noKey")), this.restore(), el("p", {}, keys)];
  }

  missingSecret() {
    if (this.logged.commit) {
      return [el("p", { class: "seat-objection", role: "alert" }, this.say("lost")), this.restore()];
    }
    if (!["early", "commit"].includes(this.step)) return [];
    const make = this.trying(() => void makeSecret(localStorage, this.seat));
    const folded = el("details", {}, el("summary", {}, this.say("restore")), this.restore());
    return [
      el("p", {}, el("button", { type: "button", class: "big", onclick: make }, this.say("make"))),
      el("p", { class: "hint" }, this.say("makeHint")),
      folded,
    ];
  }

  /** @param {string} secret @param {string} own */
  held(secret, own) {
    const text = this.contributions ? "gathered" : this.logged.commit ? "logged" : "made";
    const isDifferent = this.logged.commit !== "" && this.logged.commit !== own;
    return [
      ...(isDifferent ? [] : [el("p", { class: "seat-state", role: "status" }, "✓ ", this.say(text))]),
      el("p", { class: "seat-commit" }, this.say("mine"), " ", el("code", { "data-seat-commit": own }, inFours(own))),
      ...(this.contributions ? [] : this.backup(secret)),
    ];
  }

  /** Behind a button: screens in a hall are filmed. @param {string} secret */
  backup(secret) {
    const { draw, attempt, seat } = this.seat;
    const paper = el("div", { class: "seat-backup", hidden: true });
    const toggle = () => {
      paper.hidden = !paper.hidden;
      button.textContent = this.say(paper.hidden ? "show" : "hide");
      button.setAttribute("aria-expanded", String(!paper.hidden));
      if (paper.hidden) return paper.replaceChildren();
      const text = exportSecret(this.seat, secret);
      const print = () => window.print();
      paper.replaceChildren(
        el("p", { class: "seat-backup-title" }, this.say("backup")),
        el("p", {}, `${draw}/${attempt} ${seat}`, el("br"), this.organisationName),
        qrCode(text, this.say("qr")),
        el("p", {}, this.say("secret"), " ", el("code", {}, `MTSEAT1- ${inFours(secret)} -${text.slice(-8)}`)),
        el("p", { class: "hint" }, this.say("seal")),
        el("button", { type: "button", onclick: print }, this.say("print")),
      );
    };
    const button = el(
      "button",
      { type: "button", class: "secondary", onclick: toggle, "aria-expanded": "false" },
      this.say("show"),
    );
    return [el("p", {}, button), paper];
  }

  /** Does the log hold what this device gave? @param {string} secret @param {string} own */
  checkLog(secret, own) {
    const { draw, attempt, seat } = this.seat;
    const base = { draw_id: draw, attempt, seat };
    this.checkEntry("commit", "lottery.committed", this.logged.commitSeq, { ...base, commit: own });
    this.checkEntry("reveal", "lottery.revealed", this.logged.revealSeq, { ...base, secret });
  }

  /** @param {string} name @param {string} kind @param {string} seq @param {Record<string, unknown>} body */
  checkEntry(name, kind, seq, body) {
    const slot = /** @type {HTMLElement | null} */ (this.section.querySelector(`[data-proof="${name}"]`));
    if (!slot || !seq) return;
    slot.textContent = this.say("checking");
    const subject = `draw:${this.seat.draw}/${this.seat.attempt}`;
    const tell = (/** @type {import("./seat-proof.js").Proven | BadProof | null} */ outcome) => {
      slot.dataset.proven = outcome === null ? "" : String(!(outcome instanceof BadProof));
      if (outcome === null) slot.textContent = this.say("unreached");
      else if (outcome instanceof BadProof) {
        slot.textContent = `✗ ${outcome.message}`;
        this.object("unproven", seq);
      } else {
        slot.textContent = provenWords(outcome, this.language);
        if (name === "commit") rememberPlace(localStorage, this.seat, seq);
      }
    };
    this.endings.push(keepChecking(seq, { kind, subject, body }, tell));
  }

  /** The public seat's secret: what visitors gave, as the log proves it. */
  gather() {
    let isOn = true;
    this.endings.push(() => {
      isOn = false;
    });
    const { draw, attempt } = this.seat;
    const look = async () => {
      try {
        const { contributions: given } = await fetchPublicSeat(draw, attempt);
        await checkList(draw, attempt, given);
        if (given.length !== this.contributions) throw new NotReached("another moment's list");
        if (isOn) this.showWith(publicSecret(this.seat, given));
      } catch (error) {
        if (!isOn) return;
        if (error instanceof BadProof) {
          this.object("list", "");
          this.become("differs", []);
        } else if (error instanceof NotReached) setTimeout(() => isOn && look(), AGAIN);
        else throw error;
      }
    };
    this.become("gathering", [el("p", { role: "status" }, this.say("gathering"))]);
    look();
  }
}

/** @param {HTMLElement} section @param {string} name @param {boolean} isFirst @returns {HTMLElement} */
function place(section, name, isFirst) {
  const known = /** @type {HTMLElement | null} */ (section.querySelector(`[${name}]`));
  if (known) return known;
  const made = el("div", { [name]: true });
  if (isFirst) section.prepend(made);
  else section.append(made);
  return made;
}

/** Panels that are gone from the page let their cameras go. @type {Set<Panel>} */
const shown = new Set();

/** Fill every `[data-seat]` panel: those that a live page brought, and the forms of those that stayed. */
export function mountSeatPanels() {
  for (const panel of shown) {
    if (panel.section.isConnected) continue;
    panel.close();
    shown.delete(panel);
  }
  for (const section of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-seat]"))) {
    const known = panels.get(section);
    if (known?.secret) fillSeatFields(document, known.seat, known.secret);
    if (known) continue;
    const panel = new Panel(section);
    panels.set(section, panel);
    shown.add(panel);
    panel.show();
  }
}
