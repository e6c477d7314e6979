/**
 * A page that follows the log: an element with `data-stream` (`/log/stream?after=SEQ`), `data-subject-prefix`
 * (`draw:…`) and `data-server-time` (Unix seconds).
 *
 * An entry of the subject means only "something happened": the page fetches itself again and takes over its own
 * `[data-live]` elements, so that what is shown always comes from one template and no state lives here. Countdowns
 * `<time data-countdown="UNIX_SECONDS">` run by the server's clock.
 */

import { el, languageOf, whenReady } from "./dom.js";

const RETRY = 3000; // milliseconds between attempts once the browser has given a stream up
const PASSED = 1500; // milliseconds from a deadline on this page's clock until the server surely sees it pass too
const LOST = { zh: "连接中断，正在重连", en: "Connection lost, reconnecting" };

/**
 * The time left as `mm:ss`, or `h:mm:ss` from an hour on, `00:00` once it is over.
 * @param {number} seconds @returns {string}
 */
export function timeLeft(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** The address of the stream after the entry last seen. @param {string} url @param {string} after  "" for as it is */
export function streamAfter(url, after) {
  if (!after) return url;
  const [path, query = ""] = url.split("?");
  const wanted = new URLSearchParams(query);
  wanted.set("after", after);
  return `${path}?${wanted}`;
}

/**
 * Whether a log entry is about this page.
 * @param {string} bytes  the entry
 * @param {string} prefix
 * @returns {boolean}
 */
export function isAbout(bytes, prefix) {
  try {
    return String(JSON.parse(bytes).subject).startsWith(prefix);
  } catch {
    return false;
  }
}

/**
 * The server's clock, carried on by a clock that nobody sets.
 * @returns {{now: () => number, set: (seconds: number) => void}}
 */
export function serverClock() {
  let offset = Date.now() / 1000 - performance.now() / 1000;
  return {
    now: () => offset + performance.now() / 1000,
    set: (seconds) => {
      if (seconds > 0) offset = seconds - performance.now() / 1000;
    },
  };
}

/** @param {HTMLElement} root  the element with `data-stream` */
function follow(root) {
  const language = languageOf(root);
  const prefix = root.dataset.subjectPrefix ?? "";
  const clock = serverClock();
  clock.set(Number(root.dataset.serverTime));

  const bar = el("div", { class: "stream-lost", role: "status", hidden: true }, LOST[language]);
  const regions = Object.fromEntries(
    ["polite", "assertive"].map((level) => [level, el("div", { class: "visually-hidden", "aria-live": level })]),
  );
  document.body.prepend(bar);
  document.body.append(...Object.values(regions));

  /** What the server gave last, by id: scripts change the elements themselves. */
  const given = new Map(
    [...document.querySelectorAll("[data-live][id]")].map((part) => [part.id, part.cloneNode(true)]),
  );

  const tick = () => {
    for (const time of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-countdown]"))) {
      const left = Number(time.dataset.countdown) - clock.now();
      const text = timeLeft(left);
      if (time.textContent !== text) time.textContent = text;
      const isNew = left <= 0 && !time.hasAttribute("data-over");
      time.toggleAttribute("data-over", left <= 0);
      if (isNew) setTimeout(refresh, PASSED); // what a deadline ends, no entry need tell
    }
  };
  setInterval(tick, 250);
  let isLost = false; // the stream
  let isFailed = false; // the last fetch
  let isStale = false;
  let isFetching = false;
  let isComposing = false; // an input method is at work: taking its field away would lose the characters
  const showLost = () => {
    bar.hidden = !isLost && !isFailed;
  };

  /** Fetch the page again; entries that come meanwhile make one more turn, not one each. */
  const refresh = async () => {
    isStale = true;
    if (isFetching || isComposing) return;
    isFetching = true;
    try {
      while (isStale && !isComposing) {
        isStale = false;
        const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
        if (!response.ok) throw new Error(`status ${response.status}`);
        const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
        isFailed = false;
        if (isComposing) {
          isStale = true;
          break;
        }
        clock.set(Number(/** @type {HTMLElement | null} */ (fresh.querySelector("[data-stream]"))?.dataset.serverTime));
        swap(fresh, given, regions);
        tick();
      }
    } catch {
      isFailed = true;
      setTimeout(refresh, RETRY);
    } finally {
      isFetching = false;
      showLost();
    }
  };
  tick();
  document.addEventListener("mingtang:refresh", refresh);
  document.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  document.addEventListener("compositionend", () => {
    isComposing = false;
    if (isStale) refresh();
  });

  let last = "";
  const listen = () => {
    const stream = new EventSource(streamAfter(root.dataset.stream ?? "", last));
    stream.onopen = () => {
      isLost = false;
      showLost();
    };
    stream.addEventListener("entry", (event) => {
      last = event.lastEventId || last;
      if (isAbout(event.data, prefix)) refresh();
    });
    stream.onerror = () => {
      isLost = true;
      showLost();
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY); // else the browser reconnects by itself
    };
  };
  listen();
  // a telephone that slept has missed entries and, perhaps, time
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}

/**
 * Take the fresh document's `[data-live]` elements by their ids; what a person typed and where he stands is kept.
 * @param {Document} fresh
 * @param {Map<string, Node>} given  what the server gave last, by id
 * @param {Record<string, HTMLElement>} regions  by politeness
 */
function swap(fresh, given, regions) {
  const spoken = announcements(document);
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(old.id);
    if (!next || given.get(old.id)?.isEqualNode(next)) continue;
    given.set(old.id, next.cloneNode(true));
    const restore = entered(old);
    old.replaceWith(document.adoptNode(next));
    restore();
  }
  for (const [id, { level, text }] of announcements(document)) {
    if (text && spoken.get(id)?.text !== text) regions[level].textContent = text;
  }
  document.dispatchEvent(new CustomEvent("mingtang:swapped"));
}

/** What is read aloud when it changes: `[data-announce]` with an id, "assertive" or "polite". @param {Document} page */
function announcements(page) {
  return new Map(
    [.../** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-announce][id]"))].map((element) => [
      element.id,
      {
        level: element.dataset.announce === "assertive" ? "assertive" : "polite",
        text: element.textContent?.trim() ?? "",
      },
    ]),
  );
}

/**
 * What text fields, boxes and menus have among them; a kind lacks what is not its own.
 * @typedef {HTMLElement & {
 *   type: string, value: string, defaultValue: string, checked: boolean, defaultChecked: boolean,
 *   options?: HTMLOptionsCollection, selectionStart?: number | null, selectionEnd?: number | null,
 *   setSelectionRange?: (start: number | null, end: number | null) => void,
 * }} Field
 */

/** Whether somebody changed what the server gave. @param {Field} field @returns {boolean} */
function isTouched(field) {
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

/**
 * Remember what was entered into fields with ids, and the place of the cursor.
 * @param {Element} part  about to be replaced
 * @returns {() => void} puts it into the fields of the same ids
 */
function entered(part) {
  const selector = "input[id]:not([type=hidden], [type=file]), textarea[id], select[id]";
  const fields = [.../** @type {NodeListOf<Field>} */ (part.querySelectorAll(selector))].filter(isTouched);
  const active = /** @type {Field | null} */ (document.activeElement);
  const focused = active && part.contains(active) ? active : null;
  const [start, end] = [focused?.selectionStart ?? null, focused?.selectionEnd ?? null]; // null where there is none
  return () => {
    for (const { id, value, checked } of fields) {
      const field = /** @type {Field | null} */ (document.getElementById(id));
      if (!field || !("value" in field)) continue;
      field.value = value;
      field.checked = checked;
    }
    const field = focused?.id ? /** @type {Field | null} */ (document.getElementById(focused.id)) : null;
    field?.focus({ preventScroll: true });
    if (start !== null) field?.setSelectionRange?.(start, end);
  };
}

if (typeof document !== "undefined") {
  whenReady(() => {
    const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-stream]"));
    if (root) follow(root);
  });
}
