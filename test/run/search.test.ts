import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { vaeSweep, type Outcome } from '../cli/command.js';
import { decisionsIn, searchFolder, SEARCHES } from '../faults/searches.js';

interface Decision {
  readonly stage: string;
  readonly metric: string;
  readonly goal: string;
  readonly candidates: readonly {
    readonly tasks: readonly string[];
    readonly values: readonly (number | null)[];
    readonly mean: number | null;
    readonly isPromoted: boolean;
  }[];
}

function command(folder: string, name: string, sweep: string, ...more: readonly string[]): Outcome {
  const own = ['--plugin', path.join(folder, 'plugin.mjs'), '--out', path.join(folder, 'out')];
  return vaeSweep(name, path.join(folder, `${sweep}.yaml`), ...own, ...more);
}

function decisions(folder: string, sweep: string): Decision[] {
  const texts = Object.values(decisionsIn(path.join(folder, 'out'), sweep));
  return texts.map((text) => JSON.parse(text) as Decision).sort((a, b) => (a.stage < b.stage ? -1 : 1));
}

/** Returns the number of attempts of each failed task. */
function failuresIn(folder: string): number[] {
  const tasks = path.join(folder, 'out', 'tasks');
  return readdirSync(tasks)
    .map((name) => path.join(tasks, name, 'failed.json'))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { attempts: number }).attempts);
}

describe('the decisions of a search', () => {
  test('are written again for another goal, and a damaged one is an error that names the file', () => {
    const folder = searchFolder();
    assert.equal(command(folder, 'run', 'tpe').status, 0);
    const file = path.join(folder, 'tpe.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"min"', '"max"'));
    const again = command(folder, 'run', 'tpe');
    assert.match(again.stderr, /^batch 1 of 3: best of 6 candidates/m);
    const [first] = decisions(folder, 'tpe').filter(({ stage }) => stage === 'batch 1 of 3');
    assert.equal(first?.goal, 'max');
    assert.ok((first.candidates[0]?.mean ?? NaN) > (first.candidates[5]?.mean ?? NaN));
    const written = Object.entries(decisionsIn(path.join(folder, 'out'), 'tpe'));
    const [name = ''] = written.find(([, text]) => text.includes('batch 1 of 3')) ?? [];
    writeFileSync(path.join(folder, 'out', 'sweeps', 'tpe', 'decisions', name), 'garbage');
    const damaged = command(folder, 'run', 'tpe');
    assert.equal(damaged.status, 1, damaged.stderr);
    assert.match(
      damaged.stderr,
      new RegExp(`decisions: ${name} is invalid .* restore the file, or delete it`),
    );
  });

  test('are missing where a run leaves tasks out, and it says so', () => {
    const folder = searchFolder();
    const { status, stderr } = command(folder, 'run', 'halving', '--only', 'seed=1');
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /^halving: rung 1 of 3 .* has no decision, because only 6 of its 12 tasks are done$/m,
    );
  });
});

describe('a search by TPE', () => {
  test('records its decisions, and a recorded decision stays in force if a failed task succeeds later', () => {
    const folder = searchFolder();
    writeFileSync(path.join(folder, 'broken'), '');
    const first = command(folder, 'run', 'tpe', '--retries', '0');
    assert.equal(first.status, 1, first.stderr);
    const before = decisions(folder, 'tpe');
    assert.deepEqual(
      before.map(({ stage, metric, goal, candidates }) => [stage, metric, goal, candidates.length]),
      [1, 2, 3].map((batch) => [`batch ${batch} of 3`, 'height', 'min', 6]),
    );
    const failed = before[0]?.candidates.filter(({ mean }) => mean === null) ?? [];
    assert.ok(failed.length > 0);
    assert.deepEqual(before[0]?.candidates.slice(-failed.length), failed);
    const failures = failuresIn(folder);
    assert.ok(failures.length > failed.length);
    // The stages after the one in which a task failed do not execute it again.
    assert.deepEqual(new Set(failures), new Set([1]));
    rmSync(path.join(folder, 'broken'));
    const second = command(folder, 'run', 'tpe');
    assert.equal(second.status, 0, second.stderr);
    assert.deepEqual(decisions(folder, 'tpe'), before);
    const best = command(folder, 'best', 'tpe').stdout;
    assert.match(
      best,
      /^Best settings of tpe \(min height, 3 of 3 batches\):\nrank +x +height +standard error +tasks\n1 +0\.[23]\d* /,
    );
    assert.match(
      best,
      /\n\nImportance for height, with 95% intervals:\nsetting +importance .*\nx +0\.\d\d \(0/,
    );
    assert.ok(second.stdout.includes(best), second.stdout);
    const reported = command(folder, 'report', 'tpe');
    assert.equal(reported.status, 0, reported.stderr);
    assert.ok(reported.stdout.includes(best), reported.stdout);
    const results = path.join(folder, 'out', 'sweeps', 'tpe');
    const page = readFileSync(path.join(results, 'report.html'), 'utf8');
    assert.match(page, /<section id="search">.*Best settings of tpe.*Batches of tpe.*Importance for height/s);
    assert.match(page, /<figure id="tpe-parallel">.*<figure id="tpe-slices">.*<section id="tables">/s);
    for (const figure of ['tpe-parallel', 'tpe-slices'])
      for (const extension of ['svg', 'png', 'csv', 'vl.json'])
        assert.ok(existsSync(path.join(results, 'figures', `${figure}.${extension}`)));
    for (const table of ['tpe-best', 'tpe-stages', 'tpe-importance'])
      assert.ok(existsSync(path.join(results, 'tables', `${table}.csv`)));
    const largest = command(folder, 'best', 'tpe', '--metric', 'height', '--goal', 'max').stdout;
    assert.match(largest, /18 of 18 settings with finished tasks\):\n.*\n1 +0\.[89]/);
    assert.match(command(folder, 'verify', 'tpe').stdout, /^36 of 36 tasks verified/);
  });
});

describe('a search by successive halving', () => {
  test('is planned in the worst case, and its status and exports have the tasks that are known', () => {
    const folder = searchFolder();
    const planned = command(folder, 'plan', 'halving');
    assert.match(planned.stdout, /12 tasks: 12 pending/);
    assert.match(planned.stdout, /^rung 2 of 3 \(3,000 steps\) +2 +4 /m);
    assert.match(planned.stdout, /^total +18 /m);
    const waiting = command(folder, 'status', 'halving').stdout;
    assert.match(waiting, /rung 1 of 3 \(1,000 steps\): 0 of 12 tasks done\n {2}2 more: waiting/);
    const ran = command(folder, 'run', 'halving');
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stderr, /rung 1 of 3 \(1,000 steps\): best of 6 candidates -?\d+\.\d+, 2 promoted/);
    // Each promoted task trains only the steps that its predecessor lacks.
    assert.equal(ran.stderr.match(/^done: .*, 2,000 steps in/gm)?.length, 4);
    assert.equal(ran.stderr.match(/^done: .*, 6,000 steps in/gm)?.length, 2);
    assert.deepEqual(
      decisions(folder, 'halving').map(({ candidates }) =>
        candidates.map(({ isPromoted }) => Number(isPromoted)).join(''),
      ),
      ['110000', '10', '0'],
    );
    const done = command(folder, 'status', 'halving').stdout;
    assert.match(done, /18 tasks: 18 done/);
    assert.match(done, /rung 3 of 3 \(9,000 steps\): best of 1 candidate/);
    const csv = path.join(folder, 'tasks.csv');
    const exported = command(folder, 'export', 'halving', '--format', 'csv', '--to', csv);
    assert.equal(exported.status, 0, exported.stderr);
    assert.equal(readFileSync(csv, 'utf8').trim().split('\n').length, 19);
  });

  test('is rejected if its experiment does not log the metric', () => {
    const folder = searchFolder();
    const { halving, ...sweep } = SEARCHES['halving.yaml'];
    const wrong = { ...sweep, halving: { ...halving, metric: 'los' } };
    writeFileSync(path.join(folder, 'halving.yaml'), JSON.stringify(wrong, null, 1));
    const { status, stderr } = command(folder, 'plan', 'halving');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /halving\.yaml:\d+:\d+: halving\.metric: los: unknown metric of linear; did you mean "loss"\? Allowed: step, loss, /,
    );
  });
});

describe('a sweep with sampled settings', () => {
  test('is compared by the metric that the user names', () => {
    const folder = searchFolder();
    const { sample, ...sweep } = SEARCHES['tpe.yaml'];
    const sampled = { ...sweep, sample: { count: sample.count } };
    writeFileSync(path.join(folder, 'sobol.yaml'), JSON.stringify(sampled));
    assert.equal(command(folder, 'run', 'sobol').status, 0);
    const page = () => readFileSync(path.join(folder, 'out', 'sweeps', 'sobol', 'report.html'), 'utf8');
    const open = command(folder, 'report', 'sobol');
    assert.match(open.stderr, /sobol\.yaml does not say what is best: pass --metric and --goal/);
    assert.doesNotMatch(page(), /id="search"/);
    const named = command(folder, 'report', 'sobol', '--metric', 'height', '--goal', 'min');
    assert.equal(named.status, 0, named.stderr);
    assert.equal(named.stderr, '');
    assert.match(
      named.stdout,
      /Best settings of sobol \(min height, 18 of 18 settings with finished tasks\)/,
    );
    assert.match(
      page(),
      /report \S+sobol\.yaml --metric height --goal min.*<section id="search">.*sobol-slices/s,
    );
    const wrong = command(folder, 'report', 'sobol', '--metric', 'hight', '--goal', 'min');
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--metric hight: unknown metric of parabola; did you mean "height"\?/);
    assert.match(command(folder, 'report', 'sobol', '--metric', 'height').stderr, /belong together/);
  });
});
