import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { prepareSweepFolder, writeManifest } from '../../src/store/sweep-folder.js';
import { sampleTask } from './sample-task.js';

test('the manifest of a sweep has its file, start time and tasks', () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-manifest-'));
  const task = sampleTask(3);
  const manifest = {
    name: 'mine',
    file: 'sweeps/mine.yaml',
    startedAt: '2026-01-01T00:00:00.000Z',
    tasks: [task],
  };
  const folder = prepareSweepFolder(outDir, 'mine');
  writeManifest(outDir, manifest);
  assert.equal(folder, path.join(outDir, 'sweeps', 'mine'));
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'sweep.json'), 'utf8')), {
    ...manifest,
    tasks: [{ name: task.name, id: task.id }],
  });
});
