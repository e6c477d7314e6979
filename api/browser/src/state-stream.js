/**
 * A draw's state as it changes: what the big screen, the console and the seats render (`/draws/ID/state`).
 *
 * The stream gives whole states and nothing has to be put together here. What came later counts: a state with a smaller
 * sequence or version than one already seen is left out, as an answer that was overtaken on its way. Where no stream
 * comes through, the state is asked for, again and again.
 */

/** @typedef {{sequence: number, server_time: number, presentation?: {version: number} | null}} AnyState */
/** @typedef {{now: () => number, close: () => void}} Following  now: the server's clock, Unix milliseconds */

const RETRY = 2000; // milliseconds until a stream that was given up is asked for again
const SILENCE = 40_000; // milliseconds without even a heartbeat: a connection that died without a word

/**
 * The server's clock, carried on by a clock that nobody sets. Its time only ever arrives late, so the sample that is
 * furthest ahead is the nearest to the truth.
 * @returns {{now: () => number, sample: (milliseconds: number) => void, forget: () => void}}
 */
export function serverClock() {
  const own = () => Date.now() - performance.now();
  let offset = Number.NEGATIVE_INFINITY;
  return {
    now: () => (Number.isFinite(offset) ? offset : own()) + performance.now(),
    sample: (milliseconds) => {
      if (milliseconds > 0) offset = Math.max(offset, milliseconds - performance.now());
    },
    forget: () => {
      offset = Number.NEGATIVE_INFINITY;
    },
  };
}

/**
 * Whether a state is older than another of the same draw.
 * @param {AnyState} state @param {AnyState | null} seen @returns {boolean}
 */
export function isOvertaken(state, seen) {
  if (!seen) return false;
  if (state.sequence !== seen.sequence) return state.sequence < seen.sequence;
  return (state.presentation?.version ?? 0) < (seen.presentation?.version ?? 0);
}

/**
 * Follow a draw until closed.
 * @param {string} drawId  or the address of another state that is told in the same way
 * @param {(state: any) => void} onState  each whole state, at once and whenever something changes
 * @param {(isLost: boolean) => void} [onLost]  called when the connection is lost and when it is back
 * @param {number} [serverTime]  Unix milliseconds at which the page was made, for a clock before the first state
 * @returns {Following}
 */
export function followState(drawId, onState, onLost = () => {}, serverTime = 0) {
  const url = drawId.startsWith("/") ? drawId : `/draws/${encodeURIComponent(drawId)}/state`;
  const clock = serverClock();
  clock.sample(serverTime);
  /** @type {AnyState | null} */
  let seen = null;
  let isLost = false;
  let isClosed = false;
  /** @type {EventSource | null} */
  let stream = null;
  let heard = performance.now();

  const lost = (/** @type {boolean} */ now) => {
    heard = performance.now();
    if (now === isLost) return;
    isLost = now;
    onLost(now);
  };
  const take = (/** @type {string} */ text) => {
    const state = JSON.parse(text);
    lost(false);
    clock.sample(state.server_time);
    if (isOvertaken(state, seen)) return;
    seen = state;
    onState(state);
  };
  /** Ask once: where no stream comes through, or one is silent for so long that it may be dead. */
  const ask = async () => {
    try {
      const response = await fetch(url, { headers: { accept: "application/json" }, cache: "no-store" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const text = await response.text();
      if (!isClosed) take(text);
    } catch {
      lost(true);
      stream?.close();
      stream = null;
    }
  };
  const listen = () => {
    if (isClosed) return;
    heard = performance.now();
    const mine = new EventSource(url);
    stream = mine;
    mine.addEventListener("state", (event) => take(event.data));
    // a comment does not reach a page, so the heartbeat that tells the time is an event
    mine.addEventListener("time", (event) => {
      lost(false);
      clock.sample(Number(event.data));
    });
    mine.onerror = () => {
      if (isClosed || mine !== stream) return;
      if (mine.readyState !== EventSource.CLOSED) lost(true);
      else again(); // no stream at all: an error of the server, or a proxy that answers for it
    };
  };
  const again = () => {
    stream?.close();
    stream = null;
    ask().finally(() => setTimeout(listen, RETRY));
  };
  const watch = setInterval(() => {
    if (stream && performance.now() - heard > SILENCE) ask().then(() => stream || listen());
  }, 5000);
  listen();
  return {
    now: clock.now,
    close: () => {
      isClosed = true;
      clearInterval(watch);
      stream?.close();
    },
  };
}
