/** Preloaded into processes and threads: makes their wall clock jump a day back and forth. */
const DAY_MS = 86_400_000;
const trueNow = Date.now;
let calls = 0;

Date.now = () => trueNow() + (++calls % 2 === 0 ? DAY_MS : -DAY_MS);
globalThis.Date = class extends Date {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }
} as DateConstructor;
