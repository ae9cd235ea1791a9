import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { InputError, runSweep, type SweepDescription } from '../../src/api/index.js';

/** Rejects an object whose type is wrong, as a JavaScript program may pass it. The compiler checks the types of the calls below. */
async function assertRejected(run: Promise<unknown>, message: string | RegExp): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof InputError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}

const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-description-'));
const nothing = { out, signal: AbortSignal.abort() };
const mine = { name: 'mine', experiment: 'linear' } as const;
const grid = { dimensions: [[2, 4, 3]], seed: [1, 2] } as const;

describe('the type of a sweep accepts', () => {
  test('each key of a sweep file', async () => {
    const { sweep } = await runSweep(
      {
        name: 'all-keys',
        experiment: 'sigmoid',
        title: 'All keys',
        grid,
        settings: {
          steps: 20,
          engine: 'xla',
          hiddenWidths: [8],
          decoderVarianceThreshold: 'e^-4',
          roundingSeed: 'none',
        },
        sample: { count: 2, method: 'sobol', seed: 1 },
        space: {
          learningRate: { logUniform: [1e-5, 1e-2] },
          batchSize: { choice: [10, 20], when: { engine: 'xla' } },
        },
        halving: { metric: 'loss', goal: 'min', min: 10, max: 30 },
        include: [{ seed: 3, dimensions: [1, 3, 2], badOptimumExtraDims: 1 }],
        exclude: [{ seed: 2 }],
      },
      { ...nothing, set: ['steps=20'] },
    ).catch((error: unknown) => ({ sweep: error }));
    // The keys are valid one by one; `halving` sets the steps, so the sweep as a whole is rejected.
    assert.match(String(sweep), /halving/);
  });

  test('settings without types for an experiment that is known at run time only', async () => {
    const description: SweepDescription = { ...mine, grid, settings: { steps: 20, biases: false } };
    assert.equal((await runSweep(description, nothing)).sweep.tasks.length, 2);
  });

  test('computations of the theory, with their dimensions', async () => {
    const { sweep } = await runSweep(
      {
        name: 'flow',
        experiment: 'gradient-flow',
        grid: { dimensions: [[4, 2, 3]], seed: [1] },
        settings: { objective: 'l1' },
      },
      nothing,
    );
    assert.equal(sweep.tasks.length, 1);
  });

  test('members that are undefined, which are left out', async () => {
    const settings = { steps: undefined } as unknown as { steps: number };
    assert.equal(
      (await runSweep({ ...mine, grid, settings }, nothing)).sweep.tasks[0]?.settings.kind,
      'train',
    );
  });
});

describe('the type of a sweep rejects, like the program with the path in the object,', () => {
  const flow = { name: 'flow', experiment: 'gradient-flow', grid: { seed: [1] } } as const;
  const wrong: Readonly<Record<string, [() => Promise<unknown>, string | RegExp]>> = {
    'an unknown key': [
      // @ts-expect-error the key is `settings`
      () => runSweep({ ...mine, grid, setting: { steps: 20 } }, nothing),
      /^mine: setting: unknown key; did you mean "settings"\? Allowed: /,
    ],
    'an unknown setting': [
      // @ts-expect-error the setting is `steps`
      () => runSweep({ ...mine, grid, settings: { step: 3 } }, nothing),
      /^mine: settings.step: unknown key; did you mean "steps"\? Allowed: /,
    ],
    'a value of another type': [
      // @ts-expect-error a batch size is a number
      () => runSweep({ ...mine, grid, settings: { batchSize: '100' } }, nothing),
      'mine: settings.batchSize: expected a whole number from 1 to 100,000, got "100"',
    ],
    'a value that is not one of the choices': [
      // @ts-expect-error there is no such engine
      () => runSweep({ ...mine, grid, settings: { engine: 'jax' } }, nothing),
      'mine: settings.engine: expected one of c, xla, eager, got "jax"',
    ],
    'a value instead of a list in the grid': [
      // @ts-expect-error a grid has lists
      () => runSweep({ ...mine, grid: { ...grid, seed: 1 } }, nothing),
      'mine: grid.seed: expected a list of values, such as [1, 2], got 1',
    ],
    'two dimensions instead of three': [
      // @ts-expect-error there are three dimensions
      () => runSweep({ ...mine, grid: { seed: [1], dimensions: [[2, 4]] } }, nothing),
      /^mine: grid.dimensions\[0\]: expected \[intrinsic, ambient, latent\], three whole numbers .* got \[2,4\]$/,
    ],
    'a setting of another experiment': [
      // @ts-expect-error only sigmoid data has a bad optimum
      () => runSweep({ ...mine, grid, settings: { badOptimumExtraDims: 1 } }, nothing),
      /^mine: settings.badOptimumExtraDims: unknown key/,
    ],
    'an unknown setting of a computation': [
      // @ts-expect-error the flow has no batches
      () => runSweep({ ...flow, settings: { batchSize: 3 } }, nothing),
      /^flow: settings.batchSize: unknown key/,
    ],
    'an unknown method of sampling': [
      // @ts-expect-error there is no such method
      () => runSweep({ ...mine, grid, sample: { method: 'grid' } }, nothing),
      /^mine: sample.method: expected one of .*got "grid"$/,
    ],
    'a missing name': [
      // @ts-expect-error a sweep has a name
      () => runSweep({ experiment: 'linear', grid }, nothing),
      /^sweep: name: missing: expected a name of up to 64 characters/,
    ],
  };
  for (const [name, [run, message]] of Object.entries(wrong))
    test(name, () => assertRejected(run(), message));

  test('several problems at once', () =>
    assertRejected(
      // @ts-expect-error both values have other types
      runSweep({ ...mine, grid: { ...grid, seed: ['a'] }, settings: { biases: 1 } }, nothing),
      'mine has 2 errors:\n  mine: grid.seed[0]: expected a seed, a whole number from 0 to 2,147,483,647, got "a"\n' +
        '  mine: settings.biases: expected true or false, got 1',
    ));
});

test('a number out of range is rejected with its path', () =>
  assertRejected(
    runSweep({ ...mine, grid, settings: { batchSize: -3 } }, nothing),
    'mine: settings.batchSize: expected a whole number from 1 to 100,000, got -3',
  ));

test('an object that contains itself is rejected', () => {
  const settings: Record<string, never> = {};
  settings['settings'] = settings as never;
  return assertRejected(
    runSweep({ ...mine, grid, settings }, nothing),
    'mine is nested more than 32 levels deep',
  );
});
