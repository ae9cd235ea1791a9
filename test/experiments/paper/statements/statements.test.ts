import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '../../../../src/experiments/index.js';
import { fileRenderers } from '../../../../src/report/tables/renderers.js';
import { examineTheory, statements } from '../../../../src/experiments/paper/statements/registry.js';
import { theoryTable, verdictLineOf } from '../../../../src/experiments/paper/statements/theory-table.js';
import type { MissingRun } from '../../../../src/report/runs.js';
import { assertGolden } from '../../../golden.js';
import { flowRun, identityRun, MIXED, statementOf } from './sample-computed.js';

const FLOW = 'theory-gradient-flow';

function missing(seed: number): MissingRun {
  const { id, name, settings } = flowRun(seed);
  return { task: { id, name, settings, versions: {} }, state: 'new', reason: 'not finished' };
}

describe('a statement', () => {
  for (const { name, explanation } of statements)
    test(`${name} is explained in three sentences`, () => {
      for (const sentence of explanation) assert.match(sentence, /^[A-Z]([^.]|\.(?! [A-Z]))*\.$/);
    });

  test('has a unique name, and so have all tables and figures', () => {
    const theory = examineTheory({ computed: MIXED, parts: [] });
    const names = theory.flatMap((statement) => [
      ...statement.tables.map(({ name }) => `table ${name}`),
      ...(statement.runs ? [`table ${statement.runs.name}`] : []),
      ...statement.draw().figures.map(({ name }) => `figure ${name}`),
    ]);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => / theory-/.test(name)));
  });

  test('is omitted without tasks, and so is the theory section', () => {
    assert.deepEqual(examineTheory({ computed: { runs: [], missing: [] }, parts: [] }), []);
    const only = examineTheory({ computed: { runs: [identityRun('eq4', [1], 6)], missing: [] }, parts: [] });
    assert.deepEqual(
      only.map(({ name }) => name),
      ['theory-identities'],
    );
  });
});

describe('the verdict', () => {
  test('names the task that decides', () => {
    const { outcome, verdict, notes } = statementOf({ runs: [flowRun(2), flowRun(1), flowRun(3)] }, FLOW);
    assert.equal(outcome, 'holds');
    assert.equal(
      verdict,
      'Holds in 3 of 3 tasks; smallest margin 0.1 (2-6-4, seed 1); smallest rate 3 (2-6-4, seed 2)',
    );
    assert.deepEqual(notes, [
      'ε̃ reaches its smallest value in finite time, often while the bound is still large: in the 3 tasks that ended this way, the bound was at 0.223 of its start and the norm itself at 0.0111.',
    ]);
  });

  test('is given for a single task', () => {
    assert.match(statementOf({ runs: [flowRun(1)] }, FLOW).verdict, /^Holds in 1 of 1 task; smallest/);
  });

  test('counts tasks that ended early by outcome, and reports how far they got', () => {
    const early = { outcome: 'k-exploded', complete: false };
    const runs = [
      flowRun(1),
      flowRun(
        2,
        {},
        { ...early, measures: { time: 1.5, k: 1e6, logBoundDecay: -1, logOutsideDecay: -1.25 } },
      ),
      flowRun(3, {}, { ...early, measures: { time: 2.5, k: 1e6, logBoundDecay: -1, logOutsideDecay: null } }),
      flowRun(4, {}, { ...early, outcome: 'step-limit', holds: false, measures: { smallestMargin: -1 } }),
    ];
    const { outcome, verdict, notes, exceptions } = statementOf({ runs }, FLOW);
    assert.equal(outcome, 'does not hold');
    assert.match(
      verdict,
      /^Holds in 1 of 1 task; of 3 that ended early, 2 hold so far; smallest margin -1 \(.*seed 4\)/,
    );
    assert.deepEqual(notes.slice(0, 2), [
      '2 tasks ended early, k-exploded (K exceeded largestK): time 1.5 to 2.5, K 1.00e+6, margin 0.25.',
      '1 task ended early, step-limit (maxSteps were taken): time 3, K 2, margin 3.',
    ]);
    assert.deepEqual(exceptions, ['2-6-4, seed 4: step-limit']);
  });

  test('claims no more than was computed if all tasks ended early', () => {
    const { outcome, verdict } = statementOf({ runs: [flowRun(1, {}, { complete: false })] }, FLOW);
    assert.equal(outcome, 'holds as far as computed');
    assert.match(verdict, /^No task is complete; of 1 that ended early, 1 holds so far;/);
  });

  test('waits for missing tasks', () => {
    const some = statementOf({ runs: [flowRun(1)], missing: [missing(2)] }, FLOW);
    assert.equal(some.outcome, 'not enough tasks');
    assert.match(some.verdict, /; 1 of 2 tasks missing$/);
    assert.deepEqual(some.runs?.notes, ['2-6-4, seed 2 is missing: not finished']);
    const none = statementOf({ missing: [missing(1), missing(2)] }, FLOW);
    assert.equal(none.verdict, '0 of 2 tasks finished');
    assert.deepEqual([none.tables, none.runs, none.draw().figures], [[], null, []]);
    assert.match(none.draw().notes[0] ?? '', /none of its tasks is done\.$/);
  });

  test('ignores numbers that are not defined', () => {
    const measures = { smallestMargin: null, smallestRate: null, logBoundDecay: null };
    const { verdict, tables } = statementOf({ runs: [flowRun(1, {}, { measures })] }, FLOW);
    assert.equal(verdict, 'Holds in 1 of 1 task');
    assert.equal(tables[0]?.body[0]?.[tables[0].head.indexOf('smallest margin')], '–');
  });
});

describe('the tables', () => {
  const theory = examineTheory({ computed: MIXED, parts: [] });
  const tables = [
    theoryTable(theory),
    ...theory.flatMap((statement) => [...statement.tables, ...(statement.runs ? [statement.runs] : [])]),
  ];
  for (const extension of ['md', 'csv', 'tex'] as const)
    test(`match the golden file: ${extension}`, () => {
      assertGolden(
        `theory.${extension}`,
        tables.map((table) => String(fileRenderers[extension]?.(table))).join('\n'),
      );
    });

  test('have records with the same keys, as Arrow requires', () => {
    for (const table of tables) {
      const keys = table.records.map((record) => Object.keys(record).join());
      assert.equal(new Set(keys).size, 1, table.name);
      assert.ok((fileRenderers['arrow']?.(table).length ?? 0) > 0);
    }
  });

  test('become one line per statement in the terminal', () => {
    const lines = theory.map(verdictLineOf);
    assert.equal(lines.length, theory.length);
    assert.match(
      lines.at(-1) ?? '',
      /^holds: The identities .* largest error relative to its tolerance 0\.5 \(Eq\. \(4\)/,
    );
  });
});
