import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { vaeSweep } from '../cli/command.js';

const EXAMPLES = path.join(import.meta.dirname, '../../../examples');
const CLASSIFIER = path.join(EXAMPLES, 'experiments/training/experiment.mjs');

describe('an example of a search runs and prints its best settings:', () => {
  for (const [name, stages] of [
    ['classifier-sample', 0],
    ['classifier-halving', 3],
    ['classifier-tpe', 3],
    ['sphere-sample', 0],
    ['sphere-halving', 3],
    ['sphere-tpe', 3],
  ] as const)
    test(name, () => {
      const file = path.join(EXAMPLES, 'search', `${name}.yaml`);
      const common = [
        '--out',
        mkdtempSync(path.join(tmpdir(), 'vae-sweep-example-')),
        '--plugin',
        CLASSIFIER,
      ];
      const { status, stderr } = vaeSweep('run', file, ...common);
      assert.equal(status, 0, stderr);
      assert.equal(stderr.match(/^(?:rung|batch) \d of \d.*: best of /gm)?.length ?? 0, stages, stderr);
      const goal =
        stages > 0
          ? []
          : ['--metric', name.startsWith('sphere') ? 'loss' : 'testCrossEntropy', '--goal', 'min'];
      assert.match(
        vaeSweep('best', file, ...goal, ...common).stdout,
        new RegExp(`^Best settings of ${name} `, 'm'),
      );
    });
});
