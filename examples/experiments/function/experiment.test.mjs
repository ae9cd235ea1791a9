import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './experiment.mjs';

const [experiment] = plugin.experiments;
const SETTINGS = { points: 100_000, seed: 1 };

/** Runs the experiment to its end and returns the rows it yields, the states it saves, and its summary. */
function runToEnd(saved = null) {
  const states = [];
  const rows = [];
  const run = experiment.run(SETTINGS, { saved, save: (state) => states.push(structuredClone(state)) });
  for (;;) {
    const { done, value } = run.next();
    if (done) return { rows, states, summary: value };
    rows.push(value);
  }
}

test('the estimate is close to pi', () => {
  assert.ok(runToEnd().summary.error < 0.02);
});

test('a task that resumes gives the same rows as one that never stopped', () => {
  const whole = runToEnd();
  const resumed = runToEnd(whole.states[6]);
  assert.deepEqual(resumed.rows, whole.rows.slice(7));
  assert.deepEqual(resumed.summary, whole.summary);
});
