import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarize } from '../../src/report/summary.js';
import { makeReport } from '../../src/report/report.js';
import '../../src/experiments/index.js';
import { sampleSweep } from './sample-sweep.js';
import type { Question } from '../../src/report/search/compared.js';

const GRID = `
experiment: linear
name: mine
grid: { dimensions: [[2, 6, 6], [3, 6, 6]], learningRate: [0.001, 0.01], seed: [2, 3] }
settings: { steps: 10000 }
`;

/** Returns the summary of a sweep whose tasks end with these losses; null stands for a missing task. */
async function summaryOf(
  text: string,
  losses: readonly (number | null)[],
  question: Question | null = null,
): Promise<string[]> {
  const { sweep, outDir, finish, taskOf } = sampleSweep(text);
  for (const [index, loss] of losses.entries()) if (loss !== null) finish(taskOf(index), { loss });
  return summarize(await makeReport(sweep, outDir, question));
}

describe('the summary of a report', () => {
  test('says what varies, what has finished, and the range of the first metric', async () => {
    assert.deepEqual(await summaryOf(GRID, [1, 3, 5, 7, 10, 10, 20, 20]), [
      '8 tasks of the experiment linear vary dimensions (2 values), seed (2 values) and learningRate (2 values).',
      'All of them have finished after 80,000 steps.',
      'The mean VAE loss (nats) of mine is from 2 (2-6-6, learningRate 0.001) to 20 (3-6-6, learningRate 0.01).',
    ]);
  });

  test('counts the missing tasks', async () => {
    const [, progress] = await summaryOf(GRID, [1, null, 5]);
    assert.equal(progress, '2 of 8 have finished after 20,000 steps, and 6 have not.');
  });

  test('has the outcomes of the sections instead of the range', async () => {
    const text =
      'experiment: linear\ntable: table1\ngrid: { seed: [2, 3] }\nsettings: { dimensions: [3, 12, 20] }\n';
    const sentences = await summaryOf(text, []);
    assert.equal(sentences.length, 3);
    assert.match(
      sentences[2] ?? '',
      /^Of the \d+ claims of the paper that it can test, \d+ are not judged\.$/,
    );
  });

  test('names the best settings of a search', async () => {
    const question = { metric: 'loss', goal: 'min' } as const;
    const [, , best] = await summaryOf(GRID, [1, 3, 5, 7, 10, 10, 0.4, 0.2], question);
    assert.equal(
      best,
      'Of the 4 compared settings of mine, 3-6-6, learningRate 0.01 has the smallest mean of loss: 0.3.',
    );
  });
});
