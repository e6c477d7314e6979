/**
 * Two people enter the digits of the dice: the first while they are thrown, the second alone. Pure.
 *
 * What either entered first is kept for ever; where they differ both look again and enter that digit once more.
 */

/**
 * @typedef {{
 *   count: number, first: string, firstTime: number, second: string, agreed: string,
 *   phase: "first" | "second" | "differ" | "done", again: string,
 * }} Entry  again: the digit of the first person at the place in question, "" before; firstTime: Unix seconds
 */

/** @param {number} count @returns {Entry} */
export const newEntry = (count) => ({
  count,
  first: "",
  firstTime: 0,
  second: "",
  agreed: "",
  phase: "first",
  again: "",
});

/** The first place, from 1, at which nothing is agreed yet; 0 where all is. @param {Entry} entry @returns {number} */
export const placeAsked = (entry) => (entry.agreed.length < entry.count ? entry.agreed.length + 1 : 0);

/** Agree to all digits up to the next that differ. @param {Entry} entry @returns {Entry} */
function settle(entry) {
  let agreed = entry.agreed;
  while (agreed.length < entry.count && entry.first[agreed.length] === entry.second[agreed.length]) {
    agreed += entry.first[agreed.length];
  }
  return { ...entry, agreed, again: "", phase: agreed.length === entry.count ? "done" : "differ" };
}

/**
 * One digit typed by whoever's turn it is.
 * @param {Entry} entry @param {string} digit  0-9 @param {number} now  Unix seconds
 * @returns {Entry}
 */
export function typed(entry, digit, now) {
  if (!/^[0-9]$/.test(digit)) return entry;
  if (entry.phase === "first" && entry.first.length < entry.count) {
    const first = entry.first + digit;
    return { ...entry, first, firstTime: first.length === entry.count ? now : 0 };
  }
  if (entry.phase === "second") {
    const second = entry.second + digit;
    return second.length < entry.count ? { ...entry, second } : settle({ ...entry, second, agreed: "" });
  }
  if (entry.phase !== "differ") return entry;
  if (entry.again === "") return { ...entry, again: digit };
  if (entry.again !== digit) return { ...entry, again: "" }; // they differ still: both look once more
  return settle({ ...entry, agreed: entry.agreed + digit });
}

/** Take the last digit back, as long as nobody else has entered. @param {Entry} entry @returns {Entry} */
export function undone(entry) {
  if (entry.phase === "first") return { ...entry, first: entry.first.slice(0, -1), firstTime: 0 };
  if (entry.phase === "second") return { ...entry, second: entry.second.slice(0, -1) };
  return { ...entry, again: "" };
}

/** The second person begins, once the first has all. @param {Entry} entry @returns {Entry} */
export const secondBegins = (entry) =>
  entry.phase === "first" && entry.first.length === entry.count ? { ...entry, phase: "second" } : entry;
