import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortSettings, temporaryFolder, trainHere } from './harness.js';

describe('a loss that is not finite', () => {
  it('fails the task with the step and the last finite metrics', () => {
    const folder = temporaryFolder();
    const outcome = trainHere(folder.path, { ...shortSettings, learningRate: 50 });
    assert.equal(outcome.type, 'diverged');
    assert.ok(outcome.lastFinite);
    assert.equal(outcome.lastFinite.step, outcome.step - 1);
    const loss = outcome.lastFinite['loss'] ?? NaN;
    assert.ok(Number.isFinite(loss));
    assert.equal(
      outcome.message,
      `the loss is not finite at step ${outcome.step}; at step ${outcome.step - 1} it was ${loss.toPrecision(6)}`,
    );
    folder.remove();
  });
});
