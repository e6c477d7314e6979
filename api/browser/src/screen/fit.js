/**
 * Lists that fit: names as large as the screen has room for, never cut off.
 *
 * A name that takes more than two lines is shrunk to 60 %. Where a list has no room, all its names shrink, to 60 % of
 * the ordinary size at most; where even that is too much, the list goes on on further pages. Only a list that ought to
 * stand on one page, all of it, may have smaller names than that.
 */

/** In rem, a hundredth of the screen's width of 1920: 0.64 is 64 pixels there. */
const SIZES = [1, 0.88, 0.76, 0.64, 0.56, 0.48, 0.42, 0.384, 0.35, 0.32, 0.3, 0.28, 0.26];
const ORDINARY = 0.64;
const SMALLEST = 0.384; // 60 %, also of a name that is shrunk, as screen.css has it
const TIGHT = 0.26;
const LINE = 1.15; // of a name's size, as screen.css has it
const SLACK = 1; // pixels of rounding

/** @typedef {{columns: number, size: number}} Shape */
/** @typedef {{items: HTMLElement[], shape: Shape}} Page */
/**
 * @typedef {object} Options
 * @property {number[]} [columns]  that may stand side by side
 * @property {number} [largest]    size of names, rem
 * @property {boolean} [isTight]   rather small names than a second page
 * @property {boolean} [isWhole]   rather no page than a second one
 */
/**
 * @typedef {{heights: number[], isGood: boolean}} Measure  heights of the items in a column of that width, pixels; none
 *   where the names are too large for it
 */

/**
 * Show a page.
 * @param {HTMLElement} list @param {Page} page
 */
export function layOut(list, { items, shape: { columns, size } }) {
  const stands = list.children.length === items.length && items.every((item, at) => list.children[at] === item);
  if (!stands) list.replaceChildren(...items); // what is put in anew is laid out anew, with all its letters
  list.style.setProperty("--columns", String(columns));
  list.style.setProperty("--rows", String(Math.max(1, Math.ceil(items.length / columns))));
  list.style.setProperty("--name", `${size}rem`);
}

/**
 * How high each item is in a shape: it depends on the columns' width alone, and not on what stands beside it.
 * @param {HTMLElement} list  with the class `measured` @param {HTMLElement[]} items @param {Shape} shape
 * @returns {Measure}
 */
function measure(list, items, shape) {
  layOut(list, { items, shape });
  const names = /** @type {HTMLElement[]} */ (items.flatMap((item) => [...item.querySelectorAll(".name")]));
  for (const name of names) name.classList.remove("long");
  const twoLines = 2.4 * LINE * shape.size * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const long = names.filter((name) => name.offsetHeight > twoLines);
  // what is long is the exception: else the size is wrong
  const isSuited = shape.size > ORDINARY ? !long.length : shape.size <= SMALLEST || long.length * 3 <= names.length;
  if (!isSuited) return { heights: [], isGood: false };
  for (const name of long) name.classList.add("long");
  return {
    heights: items.map((item) => item.getBoundingClientRect().height),
    isGood: items.every((item) => item.scrollWidth <= item.clientWidth + SLACK),
  };
}

/**
 * How high a grid of these items is, filled column by column.
 * @param {number[]} heights @param {number} columns @param {number} gap
 */
export function heightOf(heights, columns, gap) {
  const rows = Math.ceil(heights.length / columns);
  let sum = gap * (rows - 1);
  for (let row = 0; row < rows; row += 1) {
    let highest = 0;
    for (let at = row; at < heights.length; at += rows) highest = Math.max(highest, heights[at]);
    sum += highest;
  }
  return sum;
}

const keyOf = (/** @type {Shape} */ { columns, size }) => `${columns} ${size}`;

/**
 * Spread items over as few pages as hold them whole.
 * @param {HTMLElement} list  of a fixed size; empty afterwards @param {HTMLElement[]} items @param {Options} [options]
 * @returns {Page[]}  none, with `isWhole`, if one does not hold all
 */
export function paginate(list, items, { columns = [1, 2, 3, 4], largest = 0.88, isTight, isWhole } = {}) {
  const counts = columns.filter((count) => count === 1 || count <= items.length);
  const sizes = SIZES.filter((size) => size <= largest && size >= (isTight ? TIGHT : SMALLEST));
  const room = list.clientHeight + SLACK;
  const gap = Number.parseFloat(getComputedStyle(list).rowGap) || 0;
  /** @type {Map<string, Measure>} */
  const known = new Map();
  const measured = (/** @type {Shape} */ shape) => {
    const key = keyOf(shape);
    const found = known.get(key) ?? measure(list, items, shape);
    known.set(key, found);
    return found;
  };
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const fits = (/** @type {Shape} */ shape, /** @type {number} */ start, /** @type {number} */ end) => {
    // a row is at least one name high: what is too much even so need not be measured
    const least = Math.min(shape.size, SMALLEST) * rem + gap;
    if (Math.ceil((end - start) / shape.columns) * least - gap > room) return false;
    const { heights, isGood } = measured(shape);
    return isGood && heightOf(heights.slice(start, end), shape.columns, gap) <= room;
  };
  const shapeOf = (/** @type {number} */ size, /** @type {number} */ start) =>
    counts.map((count) => ({ columns: count, size })).find((shape) => fits(shape, start, items.length));

  list.classList.add("measured");
  /** @type {Page[]} */
  const pages = [];
  for (let start = 0; start < items.length; ) {
    let low = 0; // the largest size that fits, and below it all do
    let high = sizes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shapeOf(sizes[middle], start)) high = middle;
      else low = middle + 1;
    }
    let best = { end: items.length, shape: low < sizes.length ? shapeOf(sizes[low], start) : undefined };
    if (!best.shape) {
      if (isWhole) break;
      best = { end: start + 1, shape: { columns: 1, size: SMALLEST } }; // one stands, whatever it is
      for (const count of counts) {
        const shape = { columns: count, size: SMALLEST };
        while (best.end < items.length && fits(shape, start, best.end + 1)) best = { end: best.end + 1, shape };
      }
    }
    pages.push({ items: items.slice(start, best.end), shape: /** @type {Shape} */ (best.shape) });
    start = best.end;
  }
  /** @type {Map<string, Page>} */
  const alike = new Map();
  for (const { items: own, shape } of pages) {
    const key = keyOf(shape);
    alike.set(key, { items: [...(alike.get(key)?.items ?? []), ...own], shape });
  }
  for (const { items: own, shape } of alike.values()) measure(list, own, shape); // leaves names shrunk that are long
  list.classList.remove("measured");
  list.replaceChildren();
  return pages;
}

/**
 * The largest size of a text's letters at which it fits its box, in rem.
 * @param {HTMLElement} box @param {HTMLElement} text @param {number} largest @param {number} smallest
 */
export function fitText(box, text, largest, smallest) {
  for (let size = largest; ; size *= 0.92) {
    text.style.setProperty("--size", `${Math.max(size, smallest)}rem`);
    if (size <= smallest) return;
    if (box.scrollHeight <= box.clientHeight + SLACK && box.scrollWidth <= box.clientWidth + SLACK) return;
  }
}
