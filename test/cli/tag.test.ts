import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { annotate, readAnnotation, readAnnotations } from '../../src/store/annotations.js';
import { prepareSweepFolder } from '../../src/store/sweep-folder.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { fail, finish } from '../store/sample-store.js';
import { identifiedTask } from '../store/sample-task.js';
import { vaeSweep } from './command.js';

const [one, two, three] = [1, 2, 3].map(identifiedTask) as [TrainingTask, TrainingTask, TrainingTask];
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-tag-'));
  finish(outDir, one);
  finish(outDir, two);
  fail(outDir, three);
  prepareSweepFolder(outDir, 'mine');
});

/** Runs a command on the store, and returns its standard output. */
function command(...args: readonly string[]): string {
  const { stdout, stderr, status } = vaeSweep(...args, '--out', outDir);
  assert.deepEqual([stderr, status], ['', 0]);
  return stdout;
}

describe('vae-sweep tag', () => {
  test('adds and removes tags and notes by name, id, filter and sweep, and prints all', () => {
    const { id } = one;
    assert.equal(
      command('tag', id, three.name, '--add', 'odd,baseline', '--note', 'look\nhere'),
      `${one.name}: baseline, odd; look here\n${three.name}: baseline, odd; look here\n`,
    );
    assert.equal(
      command('tag', '--state', 'failed', '--remove', 'odd'),
      `${three.name}: baseline; look here\n`,
    );
    assert.equal(command('tag', '--tag', 'odd', '--note', ''), `${one.name}: baseline, odd\n`);
    assert.equal(command('tag', '--sweep', 'mine', '--note', 'final'), 'sweep mine: final\n');
    assert.equal(command('tag', two.id), `${two.name}: no tags, no note\n`);
    assert.deepEqual(command('tag').trimEnd().split('\n').sort(), [
      ...[`${one.name}: baseline, odd`, `${three.name}: baseline; look here`].sort(),
      'sweep mine: final',
    ]);
    assert.equal(command('tag', '--tag', 'none', '--add', 'a'), 'No task matches.\n');
    assert.equal(command('tag', '--tag', 'none'), 'No task matches.\n');
  });

  test('keeps the bytes of the tasks, and verify still accepts them', () => {
    const marker = path.join(taskFolder(outDir, one), TASK_FILES.done);
    const before = readFileSync(marker);
    command('tag', one.id, '--add', 'a', '--note', 'b');
    assert.deepEqual(readFileSync(marker), before);
    const file = path.join(outDir, 'mine.yaml');
    writeFileSync(file, 'experiment: linear\ngrid: { dimensions: [[1, 2, 1]], seed: [1] }\n');
    assert.match(vaeSweep('verify', file, '--out', outDir).stdout, /1 /);
    assert.match(command('status', file, '--json'), /"tags": \[\]/);
    command('tag', '--sweep', 'mine', '--add', 'a', '--note', 'b');
    assert.match(command('status', file), /\nTags: a\nNote: b\n/);
  });

  test('rejects mistakes with a remedy', () => {
    const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
      [['--add', 'a'], /nothing is selected: pass names or ids of tasks, --sweep NAME/],
      [
        [one.id, '--only', 'seed=1', '--add', 'a'],
        /pass either names of tasks, or --state, --only and --tag/,
      ],
      [[one.id, '--sweep', 'mine', '--add', 'a'], /pass either --sweep or tasks/],
      [[one.id, '--add', 'a b'], /--add, --remove, --tag: expected a tag of up to 40 letters.*got "a b"/],
      [['--sweep', '../x', '--add', 'a'], /--sweep: .*got "..\/x"/],
      [['nothing', '--add', 'a'], /Task not found: nothing/],
      [['--sweep', 'mime', '--add', 'a'], /Sweep not found: mime in .*sweeps\. Did you mean "mine"\?/],
    ];
    for (const [args, message] of mistakes) {
      const { status, stderr } = vaeSweep('tag', ...args, '--out', outDir);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    }
  });
});

test('ls shows tags and notes, in JSON too, and filters by tags', () => {
  assert.doesNotMatch(command('ls'), /tags/);
  command('tag', one.id, '--add', 'a,b', '--note', `long ${'note '.repeat(20)}`);
  command('tag', two.id, '--add', 'a');
  assert.match(command('ls'), /│ tags +│ note +│[^]*│ a, b │ long (note )+n*o*t*e*… *│/);
  const names = (...args: string[]) =>
    (JSON.parse(command('ls', '--json', ...args)) as { name: string; tags?: string[] }[]).map(
      ({ name }) => name,
    );
  assert.deepEqual(names('--tag', 'a').sort(), [one.name, two.name].sort());
  assert.deepEqual(names('--tag', 'a', '--tag', 'b'), [one.name]);
  assert.deepEqual(names('--tag', 'a', '--state', 'failed'), []);
});

test('rm says which tasks have tags or notes, deletes these too, and selects by tag', () => {
  annotate(outDir, { kind: 'task', name: one.id }, { add: ['draft'] });
  annotate(outDir, { kind: 'task', name: two.id }, { add: ['keep'] });
  assert.match(command('rm', '--tag', 'draft'), new RegExp(`│ ${one.name} +│ done, with tags or a note │`));
  command('rm', '--tag', 'draft', '--yes');
  assert.deepEqual([...readAnnotations(outDir, 'task').byName.keys()], [two.id]);
});

test('gc deletes the tags of the tasks that it deletes, and no others', () => {
  for (const name of [one.id, '0123456789abcdef']) annotate(outDir, { kind: 'task', name }, { add: ['a'] });
  const file = path.join(outDir, 'mine.yaml');
  writeFileSync(file, 'experiment: linear\ngrid: { dimensions: [[1, 2, 1]], seed: [1] }\n');
  assert.match(command('gc', file, '--yes'), /Deleted 3 folders/);
  assert.deepEqual([...readAnnotations(outDir, 'task').byName.keys()], ['0123456789abcdef']);
});

test('merge reports the merged tags and notes, and those that it could not merge', () => {
  const target = mkdtempSync(path.join(tmpdir(), 'vae-sweep-tag-merged-'));
  const merge = (...args: string[]) => vaeSweep('merge', outDir, '--out', target, ...args);
  annotate(outDir, { kind: 'task', name: one.id }, { add: ['a'] });
  assert.match(merge('--dry-run').stdout, /\nTags and notes to merge: of 1 task or sweep\.\n/);
  const { stdout, status } = merge();
  assert.match(stdout, /\nTags and notes merged: of 1 task or sweep\.\n/);
  assert.equal(status, 0);
  assert.deepEqual(readAnnotation(target, { kind: 'task', name: one.id }).tags, ['a']);
  writeFileSync(path.join(target, 'annotations', 'tasks', `${one.id}.json`), '{}');
  const again = merge();
  assert.match(again.stdout, /Tags and notes not merged: .*is invalid/);
  assert.equal(again.status, 1);
});
