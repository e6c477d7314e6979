/** How an opening's figures are said: pure. */

/** Yuan, with two decimals and the thousands apart. @param {number} fen @returns {string} */
export const yuan = (fen) =>
  `${String(Math.trunc(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ",")}.${String(fen % 100).padStart(2, "0")}`;

/** @param {number} seconds @param {"zh" | "en"} lang @returns {string} */
export function clockOf(seconds, lang) {
  const days = Math.floor(seconds / 86400);
  const parts = [Math.floor((seconds % 86400) / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)];
  const rest = parts.map((one) => String(one).padStart(2, "0")).join(":");
  if (!days) return rest;
  return `${days} ${lang === "zh" ? "天" : days === 1 ? "day" : "days"} ${rest}`;
}

/** Which words say where it stands. @param {any} state @returns {string} */
export function stageOf(state) {
  if (state.suspended) return "suspended";
  if (!state.closed) return state.deadline !== null && state.now > state.deadline * 1000 ? "waiting" : "before";
  if (state.closed.bids < state.closed.least) return "tooFew";
  if (state.opened >= state.closed.bids) return "done";
  return state.opened ? "reading" : "awaiting";
}
