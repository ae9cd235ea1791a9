import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { estimateCost, stepsOf } from '../../src/task/cost.js';
import type { Sweep, SweepOptions } from '../../src/sweep/load.js';
import { settingOf } from '../../src/task/settings.js';
import { cellsOf, loadFrom } from '../sweep/sweep-folder.js';
import { ALL_THEORY, THEORY_FILES } from './theory/theory-sweep.js';

type Options = Omit<SweepOptions, 'versions'>;

const load = (text: string, options?: Options): Sweep =>
  loadFrom({ 'sweep.yaml': text }, 'sweep.yaml', options);
const loadList = (list: string, options?: Options, files: Record<string, string> = {}): Sweep =>
  loadFrom({ 'all.yaml': list, ...THEORY_FILES, ...files }, 'all.yaml', options);

function rejects(text: string, message: string): void {
  assert.throws(() => load(text), { name: 'InputError', exitCode: 2, message });
}

const FLOW = 'experiment: gradient-flow\nsettings: { dimensions: [6, 2, 4], seed: 1 }\n';
const LINEAR = 'experiment: linear\nsettings: { dimensions: [3, 12, 20], seed: 2 }\n';

describe('a task of the theory', () => {
  test('has the settings of its computation, with their defaults', () => {
    assert.deepEqual(load(FLOW).tasks[0]?.settings, {
      kind: 'gradient-flow',
      objective: 'l1',
      ambientDim: 6,
      rank: 2,
      latentDim: 4,
      startScale: 0.5,
      startDeviation: 1,
      seed: 1,
      stepSize: null,
      smallestDeviation: 0.01,
      maxTime: 100,
      largestK: 1e6,
      maxSteps: 20_000,
      tolerance: 1e-9,
    });
  });

  test('has a stable id; a change here would orphan the results in every store', () => {
    assert.deepEqual(
      loadList(ALL_THEORY).tasks.map(({ name }) => name),
      [
        'gradient-flow-6-2-4-scale0.5-seed1-176dd4d1d1f13304',
        'gradient-flow-6-2-4-scale1-seed1-ec1ba34269ee9d78',
        'landscape-5-2-8-zero3-seed1-9202d74374db3ee2',
        'landscape-5-2-8-zero3-seed2-26aedc94af0d83e3',
        'landscape-5-2-8-zero4-seed1-6eba41765431499f',
        'landscape-5-2-8-zero4-seed2-861ce62737a33273',
        'landscape-converse-5-2-6-seed1-1012bd320e8a99ac',
        'bad-optimum-3-7-6-extra1-seed1-c71d60996127787f',
        'identities-eq8-seed1-a17cee54144c4db4',
        'identities-lemma2-seed1-0fd45ab5defebeb3',
      ],
    );
  });

  test('does not depend on the versions of training', () => {
    const [task] = load(FLOW).tasks;
    assert.deepEqual(task?.versions, { theory: 1 });
  });

  test('has a folder name that describes its computation', () => {
    const descent = `${FLOW}grid: { objective: [l], startScale: [0.1], stepSize: [0.001] }\n`;
    const broken =
      'experiment: landscape\nsettings: { dimensions: [5, 2, 8], zeroColumns: 0, seed: 3, reconstruction: broken }\n';
    assert.deepEqual(
      [descent, broken].flatMap((text) => cellsOf(load(text))),
      ['gradient-flow-6-2-4-l-scale0.1-seed1', 'landscape-5-2-8-zero0-broken-seed3'],
    );
  });

  test('has a cost and a number of steps', () => {
    const costs = loadList(ALL_THEORY).tasks.map(({ settings }) => ({
      ...estimateCost(settings),
      steps: stepsOf(settings),
    }));
    assert.deepEqual(
      costs.map(({ steps }) => steps),
      [20_001, 20_001, 25, 25, 25, 25, 20, 13, 20, 20],
    );
    for (const { trainingMs, microsecondsPerStep, bytes, steps } of costs) {
      assert.ok(Math.abs((microsecondsPerStep * steps) / 1_000 / trainingMs - 1) < 1e-12);
      assert.ok(trainingMs > 1 && bytes > 32_000 && bytes < 200_000);
    }
  });
});

describe('an experiment', () => {
  test('has its own settings, and rejects those of another experiment', () => {
    const own =
      'dimensions, objective, startScale, startDeviation, seed, stepSize, smallestDeviation, maxTime, largestK, maxSteps, tolerance';
    rejects(
      `${FLOW}grid: { startScales: [1] }\n`,
      `sweep.yaml:3:9: grid.startScales: unknown key; did you mean "startScale"? Allowed: ${own}`,
    );
    rejects(
      `${FLOW}grid: { batchSize: [1] }\n`,
      `sweep.yaml:3:9: grid.batchSize: unknown key. Allowed: ${own}`,
    );
    assert.throws(() => load(`${LINEAR}grid: { badOptimumExtraDims: [1] }\n`), /: unknown key\. Allowed: /);
    assert.throws(
      () => load(`${LINEAR}grid: { zeroColumns: [1] }\n`),
      /: unknown key\. Allowed: dimensions, /,
    );
  });

  test('of the theory has no printed table', () => {
    rejects(
      `${FLOW}table: table1\n`,
      'sweep.yaml:3:8: table: there is no published table1 for gradient-flow: remove `table`',
    );
  });

  test('names its dimensions in errors', () => {
    const at = 'sweep.yaml:2:25: settings.dimensions';
    rejects(
      'experiment: landscape\nsettings: { dimensions: [5, 2], zeroColumns: 0, seed: 1 }\n',
      `${at}: expected [ambient, rank, latent], three whole numbers from 1 to 100, got [5,2]`,
    );
    rejects(
      'experiment: bad-optimum\nsettings: { dimensions: [3, 700, 6], extraDims: 1, seed: 1 }\n',
      'sweep.yaml:2:29: settings.dimensions[1]: expected a whole number from 1 to 100, got 700',
    );
  });

  test('reports missing settings', () => {
    rejects(
      'experiment: landscape\ngrid: { dimensions: [[5, 2, 8]] }\n',
      [
        'sweep.yaml has 2 errors:',
        '  sweep.yaml:1:1: zeroColumns is missing: add it to `grid` or `settings`',
        '  sweep.yaml:1:1: seed is missing: add it to `grid` or `settings`',
      ].join('\n'),
    );
    rejects(
      'experiment: identities\nsettings: { seed: 1 }\n',
      'sweep.yaml:1:1: identity is missing: add it to `grid` or `settings`',
    );
  });
});

describe('rejects incompatible settings', () => {
  test('of a gradient flow', () => {
    rejects(
      'experiment: gradient-flow\ngrid: { dimensions: [[6, 2, 4], [6, 6, 4]], seed: [1] }\n',
      'sweep.yaml:2:33: grid.dimensions[1]: expected a rank below the ambient dimension 6 (no direction would be outside of W), got 6',
    );
    rejects(
      `${FLOW}grid: { objective: [l1, l] }\n`,
      'sweep.yaml:3:25: grid.objective[1]: gradient descent on l requires a stepSize, for example 0.0001',
    );
  });

  test('of a landscape', () => {
    rejects(
      'experiment: landscape\ngrid: { zeroColumns: [6, 7], dimensions: [[5, 2, 8]], seed: [1] }\n',
      'sweep.yaml:2:26: grid.zeroColumns[1]: expected at most 6 zero columns, got 7: A = A~ B~ A requires 2 nonzero columns (the rank) of 8',
    );
  });

  test('of a bad optimum: too many extra dimensions', () => {
    const text = (dimensions: string, extraDims: number) =>
      `experiment: bad-optimum\ninclude:\n  - { dimensions: ${dimensions}, extraDims: ${extraDims}, seed: 1 }\n`;
    rejects(
      text('[3, 7, 20]', 4),
      'sweep.yaml:3:42: include[0].extraDims: expected extraDims to be less than ambientDim - intrinsicDim = 4, got 4',
    );
    rejects(
      text('[3, 20, 6]', 4),
      'sweep.yaml:3:42: include[0].extraDims: expected extraDims to be at most latentDim - intrinsicDim = 3, got 4',
    );
    assert.equal(load(text('[3, 7, 6]', 3)).tasks.length, 1);
  });

  test('of training that starts at a bad optimum', () => {
    const text = (dimensions: string, extra: string) =>
      `experiment: sigmoid\nsettings: { dimensions: ${dimensions}, seed: 2, badOptimumExtraDims: ${extra} }\n`;
    const expected = 'expected a number s with ambient > intrinsic + s and latent >= intrinsic + s, at most';
    const at = 'sweep.yaml:2:67: settings.badOptimumExtraDims';
    rejects(text('[3, 7, 20]', '4'), `${at}: ${expected} 3 for 3-7-20, got 4`);
    rejects(text('[3, 20, 6]', '4'), `${at}: ${expected} 3 for 3-20-6, got 4`);
    rejects(text('[3, 4, 20]', '1'), `${at}: ${expected} 0 for 3-4-20, got 1`);
    rejects(
      text('[3, 7, 6]', '1, biases: false'),
      'sweep.yaml:2:77: settings.biases: the bad optimum requires biases (-sigma(0) cancels the output 1/2 of sigma): remove biases, or set it to true',
    );
    for (const value of ['0', '1.5', 'many'])
      assert.throws(
        () => load(text('[3, 7, 6]', value)),
        /expected a whole number from 1 to 10,000, or none, got/,
      );
    assert.deepEqual(cellsOf(load(text('[3, 7, 6]', '3'))), ['sigmoid-3-7-6-seed2-bad3']);
  });
});

describe('a list of several experiments', () => {
  const MIXED = 'sweeps: [linear.yaml, landscape.yaml, identities.yaml]\n';
  const mixed = (options?: Options, list = MIXED) => loadList(list, options, { 'linear.yaml': LINEAR });

  test('has the tasks of all of them', () => {
    assert.deepEqual(cellsOf(mixed()), [
      'linear-3-12-20-seed2',
      'landscape-5-2-8-zero3-seed1',
      'landscape-5-2-8-zero3-seed2',
      'landscape-5-2-8-zero4-seed1',
      'landscape-5-2-8-zero4-seed2',
      'identities-eq8-seed1',
      'identities-lemma2-seed1',
    ]);
    assert.deepEqual(
      mixed().parts.map(({ experiment, varying }) => [experiment, varying]),
      [
        ['linear', []],
        ['landscape', ['zeroColumns', 'seed']],
        ['identities', ['identity']],
      ],
    );
  });

  test('--only keeps the tasks that have the setting with that value', () => {
    assert.deepEqual(cellsOf(mixed({ only: ['seed=2'] })), [
      'linear-3-12-20-seed2',
      'landscape-5-2-8-zero3-seed2',
      'landscape-5-2-8-zero4-seed2',
    ]);
    assert.deepEqual(cellsOf(mixed({ only: ['zeroColumns=3', 'seed=1,2'] })), [
      'landscape-5-2-8-zero3-seed1',
      'landscape-5-2-8-zero3-seed2',
    ]);
    assert.equal(mixed({ only: ['dimensions=3-12-20'] }).tasks.length, 1);
    assert.throws(() => mixed({ only: ['zeroColumns=9'] }), {
      message: '--only zeroColumns=9: no task has this value. Existing values: 3, 4',
    });
    assert.throws(() => mixed({ only: ['dimensions=3-120-20'] }), {
      message: '--only dimensions=3-120-20: no task has this value. Existing values: 3-12-20, 5-2-8',
    });
    const sigmoid = LINEAR.replace('linear', 'sigmoid');
    const both = loadList(
      'sweeps: [linear.yaml, sigmoid.yaml]\n',
      { only: ['badOptimumExtraDims=none'] },
      { 'linear.yaml': LINEAR, 'sigmoid.yaml': sigmoid },
    );
    assert.deepEqual(cellsOf(both), ['sigmoid-3-12-20-seed2']);
  });

  test('--set applies to the tasks that have the setting, and the value must be valid for them', () => {
    const { tasks } = mixed({ set: ['steps=10', 'seed=7', 'draws=5'] });
    assert.deepEqual([...new Set(tasks.map(({ settings }) => settingOf(settings, 'seed')))], [7]);
    assert.deepEqual(
      tasks.map(({ settings }) =>
        'steps' in settings ? settings.steps : 'draws' in settings && settings.draws,
      ),
      [10, false, false, 5, 5],
    );
    assert.throws(() => mixed({ set: ['dimensions=3-200-20'] }), {
      message:
        '--set dimensions=3-200-20: expected a whole number from 1 to 100 (for example 3-12-20 or [3,12,20]), got [3,200,20]',
    });
    assert.equal(mixed({ set: ['dimensions=5-5-20'], only: ['identity=eq8'] }).tasks.length, 1);
  });

  test('`set` of a list applies to the tasks that have the setting, and a setting that no task has is rejected', () => {
    const list = (set: string) => `sweeps: [{ file: inner.yaml, set: ${set} }]\n`;
    const nested = (set: string) => loadList(list(set), {}, { 'inner.yaml': MIXED, 'linear.yaml': LINEAR });
    const { tasks } = nested('{ steps: 10, draws: 5, seed: 9 }');
    assert.equal(tasks.filter(({ settings }) => settingOf(settings, 'seed') === 9).length, tasks.length);
    assert.deepEqual(
      tasks.flatMap(({ settings }) => (settings.kind === 'identities' ? settingOf(settings, 'draws') : [])),
      [5, 5],
    );
    assert.throws(() => nested('{ draw: 5 }'), {
      message:
        /^all\.yaml:1:37: sweeps\[0\]\.set\.draw: unknown key; did you mean "draws"\? Allowed: dimensions, seed, modelSeed, .*, zeroColumns, /,
    });
    assert.throws(() => nested('{ draws: 0 }'), {
      message: 'all.yaml:1:44: sweeps[0].set.draws: expected a whole number from 1 to 100,000, got 0',
    });
    assert.throws(() => nested('7'), {
      message: 'all.yaml:1:35: sweeps[0].set: expected a mapping of settings to values, got 7',
    });
  });
});

test('settingOf returns dimensions and numbers as in the sweep file', () => {
  const [flow, , landscape] = loadList(ALL_THEORY).tasks;
  assert.ok(flow !== undefined && landscape !== undefined);
  assert.deepEqual(settingOf(flow.settings, 'dimensions'), [6, 2, 4]);
  assert.equal(settingOf(landscape.settings, 'zeroColumns'), 3);
});
