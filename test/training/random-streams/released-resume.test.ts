import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { TrainingSettings } from '../../../src/experiments/vae/settings/task.js';
import {
  hashes,
  shortSettings,
  temporaryFolder,
  trainHere,
  trainWithStops,
} from '../../experiments/vae/training/harness.js';

const released = { ...shortSettings, randomStreams: 'released-code' } as const;
const nonlinear = { ...released, initialDecoderLogVariance: -3 } as const;

interface Case {
  readonly settings: TrainingSettings;
  /** Last steps that a longer task does not share: the authors' code plots the last step of sigmoid and sphere tasks. */
  readonly ownSteps: 0 | 1;
}

const linear: Case = { settings: released, ownSteps: 0 };
const sigmoid: Case = { settings: { ...nonlinear, experiment: 'sigmoid' }, ownSteps: 1 };
const sphere: Case = { settings: { ...nonlinear, experiment: 'sphere', hiddenWidths: [8] }, ownSteps: 1 };

const cases: Record<string, Case> = {
  linear,
  sigmoid,
  sphere,
  'linear, every third step logged': { ...linear, settings: { ...linear.settings, logEverySteps: 3 } },
  'sigmoid, every third step logged': { ...sigmoid, settings: { ...sigmoid.settings, logEverySteps: 3 } },
};

/**
 * Steps of predecessors. Evaluations happen every 700 steps: the second predecessor ends one step after an evaluation and within a chunk,
 * the third at an evaluation, the last between two.
 */
const PREDECESSOR_STEPS = [1, 701, 1400, 1500];

for (const [name, { settings, ownSteps }] of Object.entries(cases))
  describe(`a task with the random streams of the released code: ${name}`, () => {
    const whole = temporaryFolder();
    after(whole.remove);
    trainHere(whole.path, settings);
    const expected = hashes(whole.path);

    it('has the same bytes after a stop at every chunk', () => {
      const folder = temporaryFolder();
      assert.ok(trainWithStops(folder.path, settings) > 3);
      assert.deepEqual(hashes(folder.path), expected);
      folder.remove();
    });

    for (const steps of PREDECESSOR_STEPS)
      it(`has the same bytes when it continues from a finished task of fewer steps: ${String(steps)}`, () => {
        const shorter = temporaryFolder();
        trainHere(shorter.path, { ...settings, steps });
        const folder = temporaryFolder();
        const predecessor = { id: '0123456789abcdef', folder: shorter.path, steps };
        const outcome = trainHere(folder.path, settings, { predecessor });
        assert.ok(outcome.type === 'done');
        assert.equal(outcome.fromStep, steps - ownSteps);
        assert.deepEqual(hashes(folder.path), expected);
        folder.remove();
        shorter.remove();
      });
  });
