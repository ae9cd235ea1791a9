import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TrainingRun, TrainingRuns } from '../../../../src/experiments/vae/runs.js';
import { readTraining } from '../../../report/read-training.js';
import { renderSvg } from '../../../../src/report/figures/render.js';
import { examineTheory } from '../../../../src/experiments/paper/statements/registry.js';
import type { Statement } from '../../../../src/experiments/paper/statements/statement.js';
import { fileRenderers } from '../../../../src/report/tables/renderers.js';
import { assertGolden } from '../../../golden.js';
import { writeFinishedRun } from '../../../report/finished-run.js';
import { sampleSweep } from '../../../report/sample-sweep.js';
import { MIXED } from './sample-computed.js';

const SIGMOID =
  'experiment: sigmoid\ngrid: { dimensions: [[3, 7, 6]], seed: [69, 24, 48] }\nsettings: { steps: 20 }\n';
const LINEAR =
  'experiment: linear\ngrid: { dimensions: [[3, 12, 20], [6, 12, 20]], seed: [2, 3] }\nsettings: { steps: 20 }\n';
const STEPS = [0, 5, 10, 15, 20];

/** Returns training runs that start at the construction, with another s for each seed, and with the given counts of zeros. */
function fromBadOptimum(zerosOf: readonly (readonly number[])[]): TrainingRuns {
  const { sweep, outDir } = sampleSweep(SIGMOID);
  const [part] = sweep.parts;
  assert.ok(part);
  zerosOf.forEach((zeros, index) => {
    const task = part.tasks[index];
    assert.ok(task);
    const evaluations = STEPS.map((step, i) => ({
      step,
      encoderZeros: zeros[i] ?? null,
      manifoldError: 0.2 - step / 200,
    }));
    writeFinishedRun(outDir, task, { evaluations });
  });
  const [read] = readTraining(sweep, outDir);
  assert.ok(read);
  // The sweep does not have this setting, so it is added here.
  const begin = <T extends Pick<TrainingRun, 'task'>>(run: T, index: number): T => ({
    ...run,
    task: { ...run.task, settings: { ...run.task.settings, badOptimumExtraDims: 1 + (index % 2) } },
  });
  const tasks = part.tasks.map((task, index) => begin({ task }, index).task);
  return { ...read, part: { ...part, tasks }, runs: read.runs.map(begin), missing: read.missing };
}

function linear(column: string): TrainingRuns[] {
  const { sweep, outDir } = sampleSweep(LINEAR);
  sweep.tasks.forEach((task, index) => {
    const evaluations = STEPS.map((step) => ({ step, [column]: (1 + index) * 10 ** (-step / 5) }));
    writeFinishedRun(outDir, task, { evaluations });
  });
  return readTraining(sweep, outDir);
}

function only(statements: readonly Statement[], name: string): Statement {
  const found = statements.find((statement) => statement.name === name);
  assert.ok(found, `no ${name}`);
  return found;
}

describe('training from the bad optimum', () => {
  const of = (zeros: readonly (readonly number[])[]) =>
    only(
      examineTheory({ computed: { runs: [], missing: [] }, parts: [fromBadOptimum(zeros)] }),
      'theory-leaving-bad-optimum',
    );
  const some = of([
    [4, 4, 4, 3, 3],
    [5, 5, 5, 5, 5],
    [4, 4, 4, 4, 5],
  ]);

  test('counts the tasks in which the number of zeros fell', () => {
    assert.deepEqual([some.outcome, some.exceptions], ['measured', []]);
    assert.equal(
      some.verdict,
      'From the first to the last evaluation, the number of zeros in the encoder variance fell in 1 of 3 tasks and rose in 1',
    );
  });

  test('has a table by s', () => {
    assertGolden(
      'theory-leaving.md',
      some.tables.map((table) => String(fileRenderers['md']?.(table))).join('\n'),
    );
  });

  test('matches its golden figures', async () => {
    for (const figure of some.draw().figures) assertGolden(`${figure.name}.svg`, await renderSvg(figure));
  });

  test('waits for missing tasks', () => {
    const first = of([[4, 4, 4, 4, 4]]);
    assert.equal(first.outcome, 'not enough tasks');
    assert.match(first.verdict, / fell in 0 of 1 task and rose in 0; 2 of 3 tasks missing$/);
    const none = of([]);
    assert.equal(none.verdict, '0 of 3 tasks finished');
    assert.deepEqual([none.tables, none.draw().figures], [[], []]);
  });
});

describe('linear VAEs that were trained', () => {
  const name = 'theory-trained-linear';
  const theory = examineTheory({ computed: MIXED, parts: linear('decoderOutsideSpan') });

  test('are described, not judged', async () => {
    const statement = only(theory, name);
    const { outcome, verdict, tables } = statement;
    assert.equal(outcome, 'measured');
    assert.equal(
      verdict,
      'At the last evaluation of 4 tasks, the decoder has a squared norm of 1.00e-4 to 4.00e-4 outside of W',
    );
    assert.deepEqual(tables[0]?.body, [
      ['3-12-20', '2', '1 to 2', '1.00e-4 to 2.00e-4'],
      ['6-12-20', '2', '3 to 4', '3.00e-4 to 4.00e-4'],
    ]);
    for (const figure of statement.draw().figures)
      assertGolden(`${figure.name}.svg`, await renderSvg(figure));
  });

  test('are omitted without other statements, and without the column', () => {
    const none = { runs: [], missing: [] };
    assert.deepEqual(examineTheory({ computed: none, parts: linear('decoderOutsideSpan') }), []);
    const names = examineTheory({ computed: MIXED, parts: linear('eigenvalueError') }).map(
      ({ name }) => name,
    );
    assert.ok(!names.includes(name));
  });
});
