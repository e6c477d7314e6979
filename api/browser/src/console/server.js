/** What the console asks and tells its server. Every wish has a key: it is done once, however often it is sent. */

/** @typedef {import("../dom.js").Words} Words */

/** A problem as the server tells it, in the reader's language. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} text */
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** @returns {string} a key for one wish */
export const wish = () => crypto.randomUUID();

/**
 * @param {string} url @param {RequestInit} [options] @returns {Promise<any>}
 * @throws {Problem}
 */
async function ask(url, options = {}) {
  const headers = { accept: "application/json", ...options.headers };
  const response = await fetch(url, { cache: "no-store", ...options, headers });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer.code ?? "", answer.detail ?? String(response.status));
  return answer;
}

/** @param {string} drawId */
export function serverOf(drawId) {
  const draw = encodeURIComponent(drawId);
  const post = (/** @type {string} */ url, /** @type {object} */ body, /** @type {Record<string, string>} */ more) =>
    ask(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...more },
      body: JSON.stringify(body),
    });
  return {
    now: () => ask(`/draws/${draw}/console/now`),
    lights: (/** @type {boolean} */ isFresh) => ask(`/draws/${draw}/console/lights${isFresh ? "?fresh=1" : ""}`),
    present: (/** @type {object} */ members) => post(`/draws/${draw}/console/presentation`, members, {}),
    drawUpDice: (/** @type {object} */ dice) => post(`/draws/${draw}/console/dice`, dice, {}),
    submit: (/** @type {string} */ waiting, /** @type {string} */ key) =>
      post(`/draws/${draw}/console/signatures/${encodeURIComponent(waiting)}`, {}, act(key)),
    /** A command: its address below the draw's, its members, its wish. */
    act: (/** @type {string} */ path, /** @type {object} */ body, /** @type {string} */ key) =>
      post(`/api/v1/draws/${draw}/${path}`, body, act(key)),
    reading: async (/** @type {number} */ attempt) => {
      const response = await fetch(`/draws/${draw}/${attempt}/reading`, { cache: "no-store" });
      if (!response.ok) throw new Problem(response.status, "", String(response.status));
      return response.text();
    },
  };
}

/** @param {string} key */
const act = (key) => ({ "idempotency-key": key, "mingtang-role": "operator" });
