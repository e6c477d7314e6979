/** What every part of the console shares: what is known, the ways to act, the dialog and the question before an act. */

import { el } from "../dom.js";
import { Problem, serverOf, wish } from "./server.js";
import { said, T } from "./words.js";

/** @typedef {import("../dom.js").Words} Words */
/**
 * Something the operator may do. `key`: as `keyOf` writes it.
 * @typedef {{id: string, key?: string, label: string, run: () => void, isPrimary?: boolean, isQuiet?: boolean}} Command
 */
/**
 * @typedef {{id: string, title: string, body: Node[], commands: Command[], typed?: (key: string) => boolean}} Panel
 *   typed: takes a digit's key, or Backspace, where nothing else has the focus
 */
/** @typedef {Panel & {isLegal: () => boolean, onEnd?: () => void, focus?: HTMLElement}} Dialog */

const TOLD_FOR = 6000; // milliseconds for which it is told that something was done
export const SURE_FOR = 10; // seconds for which a question waits

/** A key as commands name it: `Ctrl+Enter`, `PageDown`, `F8`. @param {KeyboardEvent} event @returns {string} */
export function keyOf({ key, ctrlKey, metaKey }) {
  const name = key === " " ? "Space" : key.length === 1 ? key.toLowerCase() : key;
  return ctrlKey || metaKey ? `Ctrl+${name.length === 1 ? name.toUpperCase() : name}` : name;
}

export class App {
  /**
   * @param {HTMLElement} root @param {"zh" | "en"} lang @param {any} vocabulary @param {() => void} onChange
   */
  constructor(root, lang, vocabulary, onChange) {
    this.root = root;
    this.lang = lang;
    this.vocabulary = vocabulary;
    this.onChange = onChange;
    /** Called with each answer of the network lights. @type {() => void} */
    this.onLook = () => {};
    this.drawId = root.dataset.draw ?? "";
    this.server = serverOf(this.drawId);
    /** @type {() => number} */
    this.clock = () => Date.now();
    this.model = {
      /** @type {any} */ state: null,
      /** @type {any} */ now: null,
      /** @type {any} */ lights: null,
      isChecked: false,
      isChecking: false,
    };
    /** @type {Dialog | null} */
    this.dialog = null;
    /** @type {{text: string, until: number, run: () => void} | null} */
    this.question = null;
    this.isBusy = false;
    this.notice = { text: "", isBad: false };
    /** @type {Promise<unknown>} */
    this.presenting = Promise.resolve();
    /** What was asked for and is not there yet. @type {Record<string, unknown>} */
    this.wanted = {};
  }

  /** @param {Words} words @param {Record<string, string | number>} [facts] */
  t(words, facts) {
    return said(words, this.lang, facts);
  }

  /** What the site calls something. @param {string} table @param {string} key @returns {string} */
  name(table, key) {
    return this.vocabulary[table]?.[key] ?? key;
  }

  /** An action that may be taken now. @param {string} name @returns {any} */
  offer(name) {
    return this.model.now?.actions.find((/** @type {any} */ one) => one.name === name) ?? null;
  }

  /** Something kept on this device about this attempt. @param {string} name */
  slot(name) {
    return `mingtang-console/${this.drawId}/${this.model.state?.present?.attempt ?? 0}/${name}`;
  }

  async refresh() {
    try {
      this.model.now = await this.server.now();
    } catch {
      // the bar of the lost connection tells it
    }
    this.onChange();
  }

  /** @param {boolean} [isFresh] */
  async look(isFresh = false) {
    this.model.isChecking = isFresh;
    if (isFresh) this.onChange();
    try {
      this.model.lights = await this.server.lights(isFresh);
      if (isFresh) this.model.isChecked = true;
    } catch {
      // as above
    }
    this.model.isChecking = false;
    this.onLook();
    this.onChange();
  }

  /** @param {string} text @param {boolean} [isBad] */
  tell(text, isBad = false) {
    this.notice = { text, isBad };
    this.onChange();
  }

  /**
   * Do something once, tell what came of it, and look again.
   * @param {() => Promise<unknown>} what @param {string} [done] @returns {Promise<boolean>} whether it was done
   */
  async perform(what, done = this.t(T.done)) {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.onChange();
    let isDone = false;
    try {
      await what();
      isDone = true;
      this.notice = { text: done, isBad: false };
      setTimeout(() => {
        if (this.notice.text !== done) return;
        this.notice = { text: "", isBad: false };
        this.onChange();
      }, TOLD_FOR);
    } catch (error) {
      const text = error instanceof Problem ? `${error.message} (${error.code || error.status})` : String(error);
      this.notice = { text, isBad: true };
    }
    this.isBusy = false;
    await this.refresh();
    return isDone;
  }

  /** A command of the draw. @param {string} path @param {object} [body] @param {string} [key] */
  act(path, body = {}, key = wish()) {
    return this.perform(() => this.server.act(path, body, key));
  }

  /** Have the screens show something; changes reach the server in the order in which they were made. */
  present(/** @type {object} */ members) {
    Object.assign(this.wanted, members);
    const mine = this.presenting
      .then(() => this.server.present(members))
      .catch((error) => this.tell(String(error.message ?? error), true))
      .then((changed) => {
        if (this.presenting !== mine) return;
        if (changed && this.model.state) this.model.state = { ...this.model.state, presentation: changed };
        this.wanted = {};
        this.onChange();
      });
    this.presenting = mine;
    this.onChange();
    return mine;
  }

  /** What the screens show, or are about to. @returns {any} */
  get presented() {
    return { ...this.model.state.presentation, ...this.wanted };
  }

  /** Ask before an act that cannot be undone. @param {string} text @param {() => void} run */
  ask(text, run) {
    this.question = { text, until: performance.now() + SURE_FOR * 1000, run };
    this.onChange();
  }

  /** @param {boolean} isYes */
  answer(isYes) {
    const question = this.question;
    this.question = null;
    if (isYes) question?.run();
    this.onChange();
  }

  /** @param {Dialog} dialog */
  open(dialog) {
    this.end();
    this.dialog = dialog;
    this.notice = { text: "", isBad: false };
    this.onChange();
    (dialog.focus ?? this.root.querySelector(".dialog button"))?.focus();
  }

  /** Close the dialog. */
  end() {
    const dialog = this.dialog;
    this.dialog = null;
    dialog?.onEnd?.();
    if (dialog) this.onChange();
  }
}

/**
 * A field with its label above.
 * @param {string} label @param {HTMLElement} field @param {string} id @returns {HTMLElement}
 */
export function labelled(label, field, id) {
  field.id = id;
  return el("p", { class: "field" }, el("label", { for: id }, label), field);
}
