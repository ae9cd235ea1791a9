import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RATE, rejects } from './search-errors.js';
import { load } from './sweep-folder.js';

describe('a search that depends on results', () => {
  const space = RATE;
  const halving = 'halving: { metric: loss, goal: min, min: 100, max: 900, factor: 3 }';

  test('rejects a factor below 2, an unknown unit or goal, and rungs without steps', () => {
    const rejected: readonly (readonly [string, string])[] = [
      [
        halving.replace('factor: 3', 'factor: 1'),
        '5:65: halving.factor: expected a whole number from 2 to 1,000, got 1',
      ],
      [
        halving.replace('max: 900', 'max: 200'),
        '5:42: halving.min: expected at most 66, max / factor, so that there are two rungs, got 100',
      ],
      [
        halving.replace('factor: 3', 'brackets: 4'),
        '5:67: halving.brackets: expected at most 3, the number of rungs, got 4',
      ],
      [
        halving.replace('goal: min', 'goal: least'),
        '5:32: halving.goal: expected one of min, max, got "least"',
      ],
      [
        halving.replace('min: 100', 'unit: epochs, min: 100'),
        '5:43: halving.unit: expected one of steps, got "epochs"',
      ],
      [
        halving.replace('min: 100', 'min: 1000'),
        '5:42: halving.min: expected a number of steps of at most max, 900, got 1000',
      ],
      [
        halving.replace('metric: loss, ', ''),
        '5:10: halving.metric: missing: expected the name of a metric, such as loss',
      ],
      [
        halving.replace('factor', 'factors'),
        '5:57: halving.factors: unknown key; did you mean "factor"? Allowed: metric, goal, unit, min, max, factor, brackets',
      ],
    ];
    for (const [more, message] of rejected) rejects(space, message, '{ count: 4 }', `${more}\n`);
  });

  test('rejects other values of the steps that the rungs set', () => {
    rejects(
      space,
      '6:13: settings.steps: `halving` sets it for each rung: remove it here',
      '{ count: 4 }',
      `${halving}\nsettings: { steps: 100 }\n`,
    );
    assert.throws(
      () =>
        load(`experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1] }\n${halving}\n`, {
          set: ['steps=1'],
        }),
      /sweep\.yaml: steps \(from --set or a list of sweeps\): `halving` sets it for each rung/,
    );
  });

  test('rejects an experiment without steps', () => {
    assert.throws(
      () => load(`experiment: gradient-flow\ngrid: { dimensions: [[3, 1, 2]], seed: [1] }\n${halving}\n`),
      /sweep\.yaml:3:1: halving: gradient-flow has no setting steps: remove `halving`/,
    );
  });

  test('rejects an unknown method, and names the keys that tpe needs', () => {
    rejects(
      space,
      '4:29: sample.method: expected one of random, sobol, latin-hypercube, tpe, got "bayes"',
      '{ count: 4, method: bayes }',
    );
    rejects(
      space,
      '4:9: sample.metric: missing: expected the name of a metric, such as loss, because the method is tpe',
      '{ method: tpe }',
    );
    rejects(
      space,
      '4:9: sample.goal: missing: expected min or max, because the method is tpe',
      '{ method: tpe, metric: loss }',
    );
    rejects(
      space,
      '4:18: sample.batch: sobol does not use it: set method: tpe, or remove it, got 5',
      '{ batch: 5 }',
    );
    rejects(
      space,
      "4:19: sample.method: tpe can't be combined with `halving`: use another method, such as sobol, or remove `halving`",
      '{ method: tpe, metric: loss, goal: min }',
      `${halving}\n`,
    );
  });

  test('rejects points whose tasks differ in more than their seeds', () => {
    const grid = 'grid: { dimensions: [[2, 4, 3]], seed: [1, 2], steps: [10, 20] }';
    assert.throws(
      () =>
        load(
          `experiment: linear\n${grid}\nspace: { ${RATE} }\nsample: { method: tpe, metric: loss, goal: min }\n`,
        ),
      {
        message:
          'sweep.yaml:4:19: sample.method: tpe compares points whose tasks differ only in their seeds, but here they also differ in ' +
          'steps: put steps in `space`, or give it one value',
      },
    );
  });

  test('rejects shards, which do not share results', () => {
    assert.throws(
      () =>
        load(`experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1] }\n${halving}\n`, {
          shard: { index: 1, count: 2 },
        }),
      /--shard: .* depend on results, which shards do not share: use --queue/,
    );
  });
});
