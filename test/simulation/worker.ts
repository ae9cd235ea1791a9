import { prepare, simulate, type Simulated } from './simulate.js';

/** A message of a process that simulates to the one that started it. */
export type Report =
  | ({ readonly type: 'simulated' } & Totals)
  /** The last message of a process that found a violation. */
  | ({ readonly type: 'failed' } & Pick<Simulated, 'seed' | 'problem' | 'history'>);

export interface Totals {
  readonly seeds: number;
  readonly events: number;
  readonly operations: number;
  readonly simulatedMs: number;
}

const REPORT_EVERY_SEEDS = 20;

/** Simulates every `step`-th of `count` seeds from `first`, and stops at the first one that fails. */
const [first = 1, count = 1, step = 1] = process.argv.slice(2).map(Number);
await prepare();
let totals = { seeds: 0, events: 0, operations: 0, simulatedMs: 0 };
for (let seed = first; seed < first + count; seed += step) {
  const { problem, events, operations, simulatedMs } = await simulate(seed);
  totals = {
    seeds: totals.seeds + 1,
    events: totals.events + events,
    operations: totals.operations + operations,
    simulatedMs: totals.simulatedMs + simulatedMs,
  };
  if (problem !== null) {
    // The same seed gives the same events, this time with their history.
    send({ type: 'failed', ...(await simulate(seed, true)) });
    break;
  }
  if (totals.seeds === REPORT_EVERY_SEEDS || seed + step >= first + count) {
    send({ type: 'simulated', ...totals });
    totals = { seeds: 0, events: 0, operations: 0, simulatedMs: 0 };
  }
}
process.disconnect();

function send(report: Report): void {
  process.send?.(report);
}
