/**
 * Runs a sweep from a program: executes the tasks that are not done, then reads their logs. Run it again, and no task is executed again.
 *
 *   node examples/library/run-a-sweep.mjs [FOLDER]
 */
import { readLogs, runSweep } from 'vae-sweep';

const out = process.argv[2] ?? 'out';
const sweep = {
  name: 'from-a-program',
  experiment: 'linear',
  grid: { dimensions: [[3, 12, 20]], seed: [2, 3] },
  settings: { steps: 2000, evaluateEverySteps: 1000 },
};

const { done, failed } = await runSweep(sweep, { out, onLine: (line) => console.error(line) });
console.log(`${done} done, ${failed.length} failed`);

for await (const { task, steps, evaluations } of readLogs(sweep, { out })) {
  const last = evaluations().toArray().at(-1);
  console.log(
    `seed ${task.settings.seed}: ${steps().numRows} steps, decoder variance ${last.decoderVariance.toFixed(4)}`,
  );
}
