import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './experiment.mjs';

const [experiment] = plugin.experiments;
const SETTINGS = { points: 100_000, seed: 1 };

/** What a whole run yields and returns, and all that it saves. */
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

test('a run that resumes gives the rows of one that never stopped', () => {
  const whole = runToEnd();
  const resumed = runToEnd(whole.states[6]);
  assert.deepEqual(resumed.rows, whole.rows.slice(7));
  assert.deepEqual(resumed.summary, whole.summary);
});
