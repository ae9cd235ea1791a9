import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { simulateMany } from './many.js';

/**
 * `npm run test:simulation -- --seeds 10000 --first 1 --jobs 2`: simulates the seeds, prints the progress, and after a violation the seed
 * and what happened.
 */
const PRINT_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const [seeds, first, jobs] = [values.seeds, values.first, values.jobs].map(Number) as [
  number,
  number,
  number,
];
const startMs = performance.now();
let printedMs = startMs;
const found = await simulateMany({ first, seeds, jobs }, (totals) => {
  if (performance.now() - printedMs < PRINT_EVERY_MS) return;
  printedMs = performance.now();
  print(`${totals.seeds.toLocaleString('en-US')} of ${seeds.toLocaleString('en-US')} seeds`);
});
if (found.failure !== null) {
  const { seed, problem, history } = found.failure;
  print(history.join('\n'));
  print(`seed ${seed}: ${problem ?? ''}`);
  process.exitCode = 1;
}
const seconds = (performance.now() - startMs) / 1000;
print(
  `${found.seeds.toLocaleString('en-US')} seeds without a violation; ` +
    `${found.events.toLocaleString('en-US')} events, ${found.operations.toLocaleString('en-US')} operations on disks, ` +
    `${(found.simulatedMs / 3_600_000).toFixed(1)} simulated hours in ${seconds.toFixed(0)} s`,
);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
