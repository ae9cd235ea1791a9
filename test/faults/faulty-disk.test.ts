import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { writeFileDurably } from '../../src/store/files.js';
import { durableImage, seededRandom, tornImage, writtenImage, type Image } from './disk-model.js';
import { Crash } from './crash.js';
import { FaultyDisk, writeImage, type Fault } from './faulty-disk.js';

const OLD = 'the old content';
const NEW = 'the new content, which is longer than the old';
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-disk-'));
  file = path.join(folder, 'file');
  writeFileSync(file, OLD);
});

type Writer = (text: string) => void;

const WRITERS: Record<string, Writer> = {
  'in place': (text) => {
    writeFileSync(file, text, { flush: true });
  },
  'without fsync': (text) => {
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
    fsyncFolder();
  },
  'without fsync of the folder': (text) => {
    writeFileSync(`${file}.tmp`, text, { flush: true });
    renameSync(`${file}.tmp`, file);
  },
  'that ignores short writes': (text) => {
    const descriptor = openSync(`${file}.tmp`, 'w');
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${file}.tmp`, file);
    fsyncFolder();
  },
  'of the store': (text) => {
    writeFileDurably(file, text);
  },
};

function fsyncFolder(): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Returns all defects of a writer that appear when any of its operations fails in any way. */
function faultsOf(write: Writer): Set<string> {
  const found = new Set<string>();
  for (const mode of ['crash', 'tear', 'fail', 'full', 'short'] as const) {
    for (let at = 1, hit = true; hit; at += 1) {
      const outcome = attempt(write, { at, mode });
      hit = outcome.isHit;
      for (const image of outcome.images) {
        const content = image.get('file')?.toString();
        if (outcome.returned && content !== NEW) found.add('not written');
        else if (content === undefined) found.add('lost');
        else if (content !== OLD && content !== NEW) found.add('torn');
      }
    }
  }
  return found;
}

function attempt(write: Writer, fault: Fault): { isHit: boolean; returned: boolean; images: Image[] } {
  writeImage(folder, new Map([['file', Buffer.from(OLD)]]));
  const disk = new FaultyDisk(folder, fault);
  let returned = false;
  try {
    write(NEW);
    returned = true;
  } catch {
    // A crash, or the injected failure.
  } finally {
    disk.remove();
  }
  const torn = Array.from({ length: 20 }, (_, seed) => tornImage(disk.root, seededRandom(seed)));
  return { isHit: disk.isHit, returned, images: [durableImage(disk.root), writtenImage(disk.root), ...torn] };
}

describe('a faulty disk finds the defects of a writer', () => {
  const expected: Record<string, string[]> = {
    'in place': ['torn'],
    'without fsync': ['not written', 'torn'],
    'without fsync of the folder': ['not written'],
    'that ignores short writes': ['not written'],
    'of the store': [],
  };
  for (const [name, write] of Object.entries(WRITERS))
    test(name, () => {
      assert.deepEqual([...faultsOf(write)].sort(), expected[name]);
    });
});

test('a power cut loses unsynced folders, renames, removals and writes', () => {
  const disk = new FaultyDisk(folder);
  mkdirSync(path.join(folder, 'a/b'), { recursive: true });
  writeFileSync(path.join(folder, 'a/new'), NEW, { flush: true });
  rmSync(file);
  const before = durableImage(disk.root);
  fsyncFolder();
  const after = durableImage(disk.root);
  disk.remove();
  assert.deepEqual([...before.keys()], ['file']);
  assert.deepEqual([...after.keys()], ['a']);
  assert.deepEqual(
    disk.operations.map(({ kind, file: name }) => `${kind} ${name}`),
    ['mkdir a', 'mkdir a/b', 'create a/new', 'write a/new', 'fsync a/new', 'unlink file', 'fsync '],
  );
});

test('the model matches what programs see', () => {
  const disk = new FaultyDisk(folder);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.from('xyz'), 1, 2, 4);
  closeSync(descriptor);
  mkdirSync(path.join(folder, 'sub'));
  WRITERS['of the store']?.(`${readFileSync(file, 'utf8')}!`);
  disk.remove();
  assert.equal(readFileSync(file, 'utf8'), 'the yzd content!');
  assert.deepEqual(
    [...writtenImage(disk.root)],
    [
      ['file', readFileSync(file)],
      ['sub', null],
    ],
  );
});

test('a crashed process changes nothing until a restart, and writes outside the folder are recorded', () => {
  const disk = new FaultyDisk(folder, { at: 2, mode: 'crash' });
  const other = `${folder}-other`;
  const write = (): void => {
    writeFileSync(path.join(folder, 'second'), NEW);
  };
  assert.throws(write, Crash);
  assert.throws(write, Crash);
  disk.restart();
  write();
  writeFileSync(other, '');
  disk.remove();
  rmSync(other);
  assert.deepEqual(disk.outside, [other]);
  assert.equal(readFileSync(path.join(folder, 'second'), 'utf8'), NEW);
  write();
  assert.ok(existsSync(file));
});
