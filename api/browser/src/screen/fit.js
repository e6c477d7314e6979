/**
 * Lists that fit: names as large as the screen has room for, never cut off.
 *
 * A name that takes more than two lines is shrunk to 60 %. Where a list has no room, all its names shrink, to 60 % of
 * the ordinary size at most; where even that is too much, the list goes on on further pages.
 */

/** In units of a hundredth of the screen's width of 1920: 0.64 is 64 pixels there. The last one is 60 % of 0.64. */
const SIZES = [1, 0.88, 0.76, 0.64, 0.56, 0.48, 0.42, 0.384];
const ORDINARY = 0.64;
const SMALLEST = 0.384;
const LINE = 1.15; // of a name's size, as screen.css has it
const SLACK = 1; // pixels of rounding

/** @typedef {{columns: number, size: number}} Shape */
/** @typedef {{items: HTMLElement[], shape: Shape}} Page */

/**
 * Lay the items out; whether all of them are to be seen whole.
 * @param {HTMLElement} host  of a fixed size @param {HTMLElement[]} items @param {Shape} shape
 */
export function layOut(host, items, { columns, size }) {
  if (host.childElementCount !== items.length || items.some((item, i) => host.children[i] !== item))
    host.replaceChildren(...items);
  host.style.setProperty("--columns", String(columns));
  host.style.setProperty("--rows", String(Math.max(1, Math.ceil(items.length / columns))));
  host.style.setProperty("--name", `${size}rem`);
  host.style.setProperty("--long", `${Math.max(SMALLEST, Math.min(size, ORDINARY) * 0.6)}rem`);
  const names = /** @type {HTMLElement[]} */ (items.flatMap((item) => [...item.querySelectorAll(".name")]));
  for (const name of names) name.classList.remove("long");
  const twoLines = 2.4 * LINE * size * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const long = names.map((name) => name.offsetHeight > twoLines);
  names.forEach((name, i) => {
    name.classList.toggle("long", long[i]);
  });
  return (
    host.scrollHeight <= host.clientHeight + SLACK &&
    host.scrollWidth <= host.clientWidth + SLACK &&
    items.every((item) => item.scrollWidth <= item.clientWidth + SLACK)
  );
}

/**
 * The shape with the largest names in which all items fit; null where there is none.
 * @param {HTMLElement} host @param {HTMLElement[]} items @param {number[]} columns @param {number} largest
 * @returns {Shape | null}
 */
function shapeFor(host, items, columns, largest) {
  for (const size of SIZES.filter((one) => one <= largest)) {
    for (const count of columns) {
      const shape = { columns: count, size };
      if (count <= Math.max(1, items.length) && layOut(host, items, shape)) return shape;
    }
  }
  return null;
}

/**
 * Spread items over as few pages as hold them whole.
 * @param {HTMLElement} host  empty afterwards @param {HTMLElement[]} items
 * @param {{columns?: number[], largest?: number}} [options]
 * @returns {Page[]}
 */
export function paginate(host, items, { columns = [1, 2, 3, 4], largest = 0.88 } = {}) {
  const pages = [];
  for (let start = 0; start < items.length; ) {
    const rest = items.slice(start);
    let count = rest.length;
    let shape = shapeFor(host, rest, columns, largest);
    if (!shape) {
      ({ count, shape } = most(host, rest, columns));
    }
    pages.push({ items: rest.slice(0, count), shape });
    start += count;
  }
  host.replaceChildren();
  return pages;
}

/**
 * How many of the first items fit at the smallest size, and how. One does, whatever it is.
 * @param {HTMLElement} host @param {HTMLElement[]} items @param {number[]} columns
 */
function most(host, items, columns) {
  let best = { count: 1, shape: { columns: columns[0], size: SMALLEST } };
  for (const count of columns) {
    const shape = { columns: count, size: SMALLEST };
    let low = best.count;
    let high = items.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (layOut(host, items.slice(0, middle), shape)) low = middle;
      else high = middle - 1;
    }
    if (low > best.count) best = { count: low, shape };
  }
  return best;
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
