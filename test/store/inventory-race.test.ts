import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { tasksFolder } from '../../src/store/task-folder.js';
import { listStore } from '../../src/store/inventory.js';
import { finish } from './sample-store.js';
import { sampleTask } from './sample-task.js';

/** A script that creates and removes a task folder over and over. */
const CHURN = `
const fs = require('node:fs');
const [from, to] = process.argv.slice(1);
for (;;) {
  fs.cpSync(from, to, { recursive: true });
  fs.rmSync(to, { recursive: true });
}`;

test('a task that disappears while the store is listed is complete, incomplete or left out', () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-race-'));
  const [from, to] = [
    finish(mkdtempSync(path.join(tmpdir(), 'vae-sweep-race-')), sampleTask(2)),
    sampleTask(2),
  ];
  finish(outDir, sampleTask(1));
  const child = spawn(process.execPath, ['-e', CHURN, from, path.join(tasksFolder(outDir), to.name)]);
  const seen = new Set<string>();
  try {
    for (let i = 0; i < 3_000; i += 1)
      for (const entry of listStore(outDir).slice(1))
        seen.add(entry.kind === 'foreign' ? entry.problem : entry.kind);
  } finally {
    child.kill('SIGKILL');
  }
  for (const kind of seen) assert.match(kind, /^task$|^has no task\.json$|^task\.json is invalid/);
});
