import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareResults, readResult } from '../../bench/compare.js';
import { resultSchema, type Result } from '../../bench/result.js';
import { ratioOf, spreadOf } from '../../bench/statistics.js';

const MAIN = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-benchmark-test-'));

after(() => {
  rmSync(folder, { recursive: true });
});

function benchmark(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
}

describe('the benchmark', () => {
  it('measures every engine on every shape, and writes the result as JSON', () => {
    const file = path.join(folder, 'result.json');
    const { status, stdout, stderr } = benchmark(
      ...['--only', 'training', '--rounds', '1', '--steps', '2', '--json', file],
    );
    assert.equal(status, 0, stderr);
    const { training, scaling } = resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    assert.deepEqual(
      training?.programs.map(({ shape, program }) => `${shape} ${program}`),
      ['linear', 'sigmoid', 'sphere'].flatMap((shape) => [
        `${shape} c`,
        `${shape} c fold-in`,
        `${shape} c released-code`,
        `${shape} xla`,
        `${shape} eager`,
      ]),
    );
    assert.ok(training.programs.every(({ microsecondsPerStep }) => microsecondsPerStep.min > 0));
    assert.deepEqual(
      training.ratios.map(({ shape, program, against }) => `${shape}: ${program} over ${against}`),
      ['linear', 'sigmoid', 'sphere'].map((shape) => `${shape}: c released-code over c fold-in`),
    );
    assert.equal(scaling, undefined);
    assert.match(stdout, /Training: microseconds per step/);
  });

  it("trains the models that are not the paper's with the C engine", () => {
    const file = path.join(folder, 'models.json');
    const { status, stderr } = benchmark(
      ...['--only', 'models', '--rounds', '1', '--steps', '2', '--json', file],
    );
    assert.equal(status, 0, stderr);
    const { models } = resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    assert.deepEqual(
      models?.programs.map(({ shape, program }) => `${shape} ${program}`),
      ['classifier c', 'image-vae c', 'transformer c'],
    );
    assert.ok(models.programs.every(({ microsecondsPerStep }) => microsecondsPerStep.min > 0));
    assert.deepEqual([models.ratios, models.differences], [[], []]);
  });

  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    [
      'an unknown part',
      ['--only', 'speed'],
      'bench: --only: expected one or more of training,models,scaling,logging,memory,start,report,serve,dispatch,queue,planning,search, got speed\n',
    ],
    ['no rounds', ['--rounds', '0'], 'bench: --rounds: expected a whole number from 1, got 0\n'],
    [
      'nothing to compare with',
      ['--compare', '/nowhere.json'],
      'bench: --compare /nowhere.json: expected a file that --json wrote\n',
    ],
    ['an unknown option', ['--fast'], 'bench: Unknown argument: fast\n'],
  ];
  for (const [name, args, message] of mistakes) {
    it(`rejects ${name} before it measures`, () => {
      const { status, stderr } = benchmark(...args);
      assert.deepEqual({ status, stderr }, { status: 2, stderr: message });
    });
  }
});

describe('a comparison', () => {
  const result: Result = {
    date: '2000-01-01T00:00:00.000Z',
    rounds: 1,
    machine: { cpu: 'a', cores: 2, memoryBytes: 1, system: 'b', loadBefore: [0], pinnedCore: null },
    versions: {},
    planning: [{ command: 'plan', elapsedMs: spreadOf([10, 30, 20]) }],
  };

  it('lists the medians of measurements that both results contain', () => {
    const now: Result = {
      ...result,
      planning: [{ command: 'plan', elapsedMs: spreadOf([12]) }],
      memory: { tasks: 'all', workers: 2, peakBytes: 1 },
    };
    assert.deepEqual(compareResults(result, now), [{ figure: 'plan, milliseconds', before: 20, now: 12 }]);
  });

  it('reads a result that was written', () => {
    const file = path.join(folder, 'earlier.json');
    writeFileSync(file, JSON.stringify(result));
    assert.deepEqual(readResult(file), result);
  });
});

describe('a ratio', () => {
  it('is computed for each round, not from the medians', () => {
    const { median, min, max } = ratioOf(spreadOf([1, 20, 3]), spreadOf([2, 10, 4]));
    assert.deepEqual({ median, min, max }, { median: 0.75, min: 0.5, max: 2 });
  });
});
