import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Figure } from '../../../src/report/figures/figure.js';
import { renderSvg } from '../../../src/report/figures/render.js';
import { searchSection } from '../../../src/report/search/section.js';
import type { Task } from '../../../src/task/task.js';
import { assertGolden } from '../../golden.js';
import { HALVING, lossOf, searched, TPE } from './sample-search.js';

async function figuresOf(
  text: string,
  valueOf: (task: Task) => number | null | undefined,
): Promise<{ parallel: Figure; slices: Figure; all: readonly Figure[] }> {
  const { comparison, parts } = await searched(text, valueOf);
  const drawn: Figure[] = [];
  for (const section of searchSection([comparison], parts))
    await section.render((figures) => {
      drawn.push(...figures);
      return Promise.resolve([]);
    });
  const [parallel, slices] = drawn;
  assert.ok(parallel !== undefined && slices !== undefined);
  return { parallel, slices, all: drawn };
}

for (const [name, text] of Object.entries({ halving: HALVING, tpe: TPE }))
  test(`the figures of a search by ${name} match their golden SVGs`, async () => {
    const { all } = await figuresOf(text, lossOf);
    assert.deepEqual(
      all.map((figure) => figure.name),
      [`${name}-parallel`, `${name}-slices`],
    );
    for (const figure of all) assertGolden(`search-${figure.name}.svg`, await renderSvg(figure));
  });

describe('slices', () => {
  test('have a mark per rung of a candidate, and later rungs and better points on top', async () => {
    const { slices } = await figuresOf(HALVING, lossOf);
    const rows = slices.rows.filter(({ setting }) => setting === 'learningRate');
    assert.equal(rows.length, 26 + 9 + 3);
    for (const [i, row] of rows.entries()) {
      const before = rows[i - 1] ?? row;
      const isSameRung = before['stage'] === row['stage'];
      assert.ok(isSameRung ? Number(before['mean']) >= Number(row['mean']) : before['stage'] !== 3);
    }
  });

  test('have a logarithmic axis for a setting that is sampled so', async () => {
    const { slices } = await figuresOf(HALVING, lossOf);
    const [first = ''] = JSON.stringify(slices.spec).split('"setting","equal":"').slice(1);
    assert.match(first, /^learningRate".*"x":\{"field":"value",.*?"scale":\{"type":"log"/);
  });

  test('clamp values that are much worse than most, and count them', async () => {
    const withOutlier = (outlier: number) => (task: Task) => {
      const loss = lossOf(task);
      return loss === null ? null : loss > 4.5 ? outlier : loss - 5;
    };
    const worse = await figuresOf(HALVING, withOutlier(1e6));
    assert.match(worse.slices.caption, / \d+ worse values? (is|are) drawn at the end of the axis\.$/);
    assert.match(JSON.stringify(worse.slices.spec), /"clamp":true/);
    const alike = await figuresOf(HALVING, withOutlier(-1));
    assert.doesNotMatch(alike.slices.caption, /end of the axis/);
  });
});

describe('parallel coordinates', () => {
  test('have one line per point of the lowest rung, the best last', async () => {
    const { parallel } = await figuresOf(HALVING, lossOf);
    const means = parallel.rows.filter(({ axis }) => axis === 'learningRate').map(({ mean }) => Number(mean));
    assert.equal(means.length, 26);
    assert.deepEqual(
      means,
      [...means].sort((a, b) => b - a),
    );
  });

  test('have a place below the axis for points that do not have a setting', async () => {
    const { parallel } = await figuresOf(TPE, lossOf);
    const missing = parallel.rows.filter(({ text }) => text === 'inactive');
    assert.ok(missing.length > 0);
    for (const { task, axis, position } of missing) {
      assert.ok(Number(position) < 0);
      assert.equal(axis, 'initialDecoderLogVariance');
      const engine = parallel.rows.find((row) => row['task'] === task && row['axis'] === 'engine');
      assert.equal(engine?.['text'], 'eager');
    }
  });
});

test('before the first decision, the section has only the stages', async () => {
  const { comparison, parts } = await searched(HALVING, () => undefined);
  const [section] = searchSection([comparison], parts);
  assert.deepEqual(
    section?.tables.map(({ name }) => name),
    ['halving-stages'],
  );
  await section.render((figures) => {
    assert.deepEqual(figures, []);
    return Promise.resolve([]);
  });
});
