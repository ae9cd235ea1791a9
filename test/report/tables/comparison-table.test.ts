import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraining } from '../read-training.js';
import { comparisonTable } from '../../../src/report/tables/comparison-table.js';
import { sampleSweep } from '../sample-sweep.js';

const sweepOf = (settings: string, dimensions = '[1, 2, 2], [2, 3, 3]') =>
  `experiment: linear\ngrid: { dimensions: [${dimensions}], seed: [5, 6] }\nsettings: { ${settings} }\n`;

/** Returns a side whose first tasks finished with these losses. */
function side(name: string, text: string, losses: readonly number[]) {
  const sample = sampleSweep(text);
  for (const [index, loss] of losses.entries())
    sample.finish(sample.taskOf(index), { loss, eigenvalueError: 0.5, decoderVariance: 0.1 });
  return { name, parts: readTraining(sample.sweep, sample.outDir) };
}

test('cells that agree on the varying settings are compared, with the difference and its standard error', () => {
  const a = side('noisy', sweepOf('decoderNoise: true'), [1, 3, 10, 10]);
  const b = side('plain', sweepOf('decoderNoise: false'), [5, 9, 8]);
  const { body, notes, title } = comparisonTable(a, b);
  assert.equal(title, 'noisy (A) and plain (B)');
  assert.deepEqual(
    body.filter(([, metric]) => metric === 'VAE loss (nat)'),
    [
      // Variances 2 and 8 of two tasks each: sqrt(2/2 + 8/2).
      ['linear, 1-2-2', 'VAE loss (nat)', '2 ± 1.41', '7 ± 2.83', '+5', '2.24'],
      ['linear, 2-3-3', 'VAE loss (nat)', '10 ± 0', '8', '-2', '–'],
    ],
  );
  assert.deepEqual(notes, ['decoderNoise: true in A, false in B']);
});

test('cells that only one sweep has are named', () => {
  const a = side('a', sweepOf('steps: 10'), [1, 1, 1, 1]);
  const b = side('b', sweepOf('steps: 10', '[2, 3, 3], [3, 3, 3]'), [1, 1, 1, 1]);
  const { body, notes } = comparisonTable(a, b);
  assert.deepEqual([...new Set(body.map(([cell]) => cell))], ['linear, 2-3-3']);
  assert.deepEqual(notes, ['linear, 1-2-2 is only in a', 'linear, 3-3-3 is only in b']);
});
