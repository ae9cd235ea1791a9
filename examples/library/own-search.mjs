/**
 * A search of your own: an evolution strategy that mutates the best settings so far. All generations share the worker processes and the
 * compiled programs. Run it again, and no task is executed again. Ctrl-C stops with checkpoints.
 *
 *   node examples/library/own-search.mjs [FOLDER]
 */
import { openSweep } from 'vae-sweep';

const GENERATIONS = 3;
const CHILDREN = 3;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

/** Numbers from 0 to 1 that are the same in every run, so that a run that was stopped repeats its decisions. */
let state = 1;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};

const session = await openSweep(
  {
    name: 'own-search',
    experiment: 'linear',
    // Each cell has two tasks, whose mean loss is compared.
    grid: { dimensions: [[3, 12, 20]], seed: [2, 3] },
    settings: { steps: 500, evaluateEverySteps: 500 },
  },
  {
    out: process.argv[2] ?? 'out',
    signal: stop.signal,
    onTaskEnd: ({ task, state, metrics }) => console.error(`${state}: ${task.name}, loss ${metrics.loss}`),
  },
);

/** Returns the settings with their mean loss; Infinity if a task failed. */
const evaluate = async (cells) => {
  const results = await session.run(cells);
  stop.signal.throwIfAborted();
  return cells.map((settings, i) => {
    const losses = results[i].map(({ metrics }) => metrics.loss ?? Infinity);
    return { settings, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
  });
};

try {
  let [best] = await evaluate([{ learningRate: 1e-3, batchSize: 50 }]);
  for (let generation = 1; generation <= GENERATIONS; generation++) {
    const children = Array.from({ length: CHILDREN }, () => ({
      learningRate: Number((best.settings.learningRate * 4 ** (2 * random() - 1)).toPrecision(3)),
      batchSize: best.settings.batchSize,
    }));
    best = [best, ...(await evaluate(children))].reduce((a, b) => (b.loss < a.loss ? b : a));
    console.log(
      `generation ${generation}: loss ${best.loss.toFixed(3)} with learning rate ${best.settings.learningRate}`,
    );
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.log('stopped: run it again to continue');
} finally {
  await session.close();
}
