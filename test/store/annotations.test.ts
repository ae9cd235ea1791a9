import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { StoreError } from '../../src/errors.js';
import {
  annotate,
  annotationsVersion,
  deleteTaskAnnotations,
  mergeAnnotations,
  NO_ANNOTATION,
  readAnnotation,
  readAnnotations,
  type Subject,
} from '../../src/store/annotations.js';

const task: Subject = { kind: 'task', name: '0123456789abcdef' };
const sweep: Subject = { kind: 'sweep', name: 'mine' };
let outDir: string;
let other: string;

beforeEach(() => {
  [outDir = '', other = ''] = ['a', 'b'].map((name) =>
    mkdtempSync(path.join(tmpdir(), `vae-sweep-annotations-${name}-`)),
  );
});

const files = () => readdirSync(path.join(outDir, 'annotations', 'tasks'));
const merge = (dryRun = false) =>
  mergeAnnotations(other, { outDir, dryRun, signal: new AbortController().signal });

test('tags are sorted and unique, and an annotation without tags and note has no file', () => {
  assert.deepEqual(readAnnotation(outDir, task), NO_ANNOTATION);
  annotate(outDir, task, { add: ['odd', 'baseline'], note: ' look at\nthis ' });
  annotate(outDir, task, { add: ['odd', 'naïve'], remove: ['none'] });
  const expected = { tags: ['baseline', 'naïve', 'odd'], note: 'look at\nthis' };
  assert.deepEqual(readAnnotation(outDir, task), expected);
  annotate(outDir, sweep, { note: 'final' });
  assert.deepEqual([...readAnnotations(outDir, 'sweep').byName], [['mine', { tags: [], note: 'final' }]]);
  assert.deepEqual(files(), ['0123456789abcdef.json']);
  annotate(outDir, task, { remove: expected.tags, note: '' });
  assert.deepEqual(files(), []);
});

test('the version changes with each change', () => {
  const versions = new Set([annotationsVersion(outDir)]);
  for (const change of [{ add: ['a'] }, { add: ['b'] }, { note: 'x' }, { remove: ['a', 'b'], note: '' }]) {
    annotate(outDir, task, change);
    versions.add(annotationsVersion(outDir));
  }
  assert.equal(versions.size, 5);
});

test('annotations are bounded, and names never lead out of the store', () => {
  const many = Array.from({ length: 21 }, (_, index) => `tag${index}`);
  for (const change of [
    { add: many },
    { add: ['-x'] },
    { add: ['a b'] },
    { add: ['x'.repeat(41)] },
    { note: 'x'.repeat(4_001) },
    { note: '\u0007' },
  ])
    assert.throws(() => annotate(outDir, task, change), StoreError, JSON.stringify(change));
  for (const name of ['../../x', '', '.', 'ABC'])
    assert.throws(() => annotate(outDir, { kind: 'task', name }, { add: ['a'] }), StoreError, name);
  assert.deepEqual(readdirSync(outDir), []);
});

test('an invalid file is a problem of its own, and is not overwritten', () => {
  annotate(outDir, { kind: 'task', name: 'f'.repeat(16) }, { add: ['good'] });
  writeFileSync(path.join(outDir, 'annotations', 'tasks', `${task.name}.json`), '{"tags":');
  const { byName, problems } = readAnnotations(outDir, 'task');
  assert.deepEqual([...byName.keys()], ['f'.repeat(16)]);
  assert.match(problems.join(), /0123456789abcdef.json is invalid \(not JSON.*correct or delete the file/);
  assert.throws(() => annotate(outDir, task, { add: ['a'] }), /correct or delete the file/);
});

test('a symbolic link in place of the folder is refused', () => {
  mkdirSync(path.join(other, 'tasks'));
  symlinkSync(other, path.join(outDir, 'annotations'));
  assert.throws(() => annotate(outDir, task, { add: ['a'] }), /is a symbolic link/);
  assert.throws(() => readAnnotations(outDir, 'task'), /is a symbolic link/);
});

test('a merge keeps the tags of both stores, and joins notes that differ, once', async () => {
  annotate(outDir, task, { add: ['own', 'both'], note: 'own note' });
  annotate(other, task, { add: ['both', 'other'], note: 'other note' });
  annotate(other, sweep, { note: 'final' });
  assert.deepEqual(await merge(true), { changed: 2, problems: [] });
  assert.deepEqual(readAnnotation(outDir, task).tags, ['both', 'own']);
  assert.deepEqual(await merge(), { changed: 2, problems: [] });
  const expected = { tags: ['both', 'other', 'own'], note: 'own note\n\nother note' };
  assert.deepEqual(readAnnotation(outDir, task), expected);
  assert.equal(readAnnotation(outDir, sweep).note, 'final');
  assert.deepEqual(await merge(), { changed: 0, problems: [] });
  assert.deepEqual(readAnnotation(outDir, task), expected);
});

test('a merge names what does not fit, and keeps it as it is', async () => {
  annotate(outDir, task, { note: 'x'.repeat(3_000) });
  annotate(other, task, { note: 'y'.repeat(3_000) });
  for (const dryRun of [true, false]) {
    const { changed, problems } = await merge(dryRun);
    assert.equal(changed, 0);
    assert.match(
      problems.join(),
      /can't change the tags and the note of 0123456789abcdef: expected at most 4000/,
    );
  }
  assert.equal(readAnnotation(outDir, task).note, 'x'.repeat(3_000));
});

test('annotations of deleted tasks are deleted, and others are kept', () => {
  annotate(outDir, task, { add: ['a'] });
  annotate(outDir, { kind: 'task', name: 'f'.repeat(16) }, { add: ['a'] });
  deleteTaskAnnotations(outDir, [task.name, 'e'.repeat(16)]);
  assert.deepEqual(files(), [`${'f'.repeat(16)}.json`]);
});
