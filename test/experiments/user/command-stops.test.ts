import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { vaeSweep } from '../../cli/command.js';
import { resultHashes, startCommand } from '../../faults/command.js';
import { attempt, numbersOf, options, projectWith, taskFolderOf, type Project } from './command-project.js';
import { waitUntil } from '../../wait-until.js';

/** A program that writes a row every few milliseconds, and then saves its number. */
const RESUMABLE = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const { lastNumber } = JSON.parse(readFileSync(process.env.VAE_SWEEP_SETTINGS, 'utf8'));
const file = process.env.VAE_SWEEP_FOLDER + '/n';
let isStopping = false;
process.on('SIGTERM', () => { isStopping = true; });
for (let n = existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1; n <= lastNumber; n++) {
  console.log(JSON.stringify({ row: n, n, square: n * n }));
  if (n % 10 === 0 || isStopping) { writeFileSync(file + '.new', String(n)); renameSync(file + '.new', file); }
  if (isStopping) process.exit(75);
  await delay(5);
}
`;
const DECLARATION = { resumable: true, settings: { lastNumber: { type: 'integer', default: 600 } } };

describe('a command that is resumable', () => {
  it('resumes after a stop and a kill, with the same rows as without interruption', async () => {
    const project = projectWith(RESUMABLE, DECLARATION);
    const out = path.join(project.folder, 'out');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const { child, ended } = startCommand(['run', ...options(project, '--checkpoint-every', '0.1')]);
      await untilOutputGrows(project);
      // A kill reaches the run and its host, but not the program, which has its own process group.
      process.kill(signal === 'SIGKILL' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      const { code, stderr } = await ended;
      assert.equal(code, signal === 'SIGTERM' ? 130 : null, stderr);
      const saved = readFileSync(path.join(taskFolderOf(project), 'program', 'files', 'n'), 'utf8');
      // The program's own SIGTERM handler saves the number of the last row.
      if (signal === 'SIGTERM') assert.equal(Number(saved), writtenRows(project).at(-1));
    }
    const { stdout } = vaeSweep('status', ...options(project));
    assert.match(stdout, /0 done, 1 interrupted/);
    assert.equal(writtenRows(project).filter((row) => row === 1).length, 1, 'no attempt started over');
    assert.equal((await attempt(project)).type, 'done');
    const resumed = resultHashes(out);
    rmSync(out, { recursive: true });
    assert.equal((await attempt(project)).type, 'done');
    assert.deepEqual(resumed, resultHashes(out));
  });

  it('starts over if its files are ahead of its rows', async () => {
    const project = projectWith(RESUMABLE, DECLARATION);
    assert.equal((await attempt(project, true)).type, 'stopped');
    const program = path.join(taskFolderOf(project), 'program');
    writeFileSync(path.join(program, 'files', 'n'), '500');
    const failed = await attempt(project);
    assert.equal(failed.type, 'failed');
    assert.match(
      failed.message,
      /it resumed at row 501, but there are only \d+ rows before it\. Its files were deleted/,
    );
    assert.ok(!existsSync(program));
    assert.equal((await attempt(project)).type, 'done');
    assert.equal(numbersOf(project, 'n').length, 600);
  });
});

it('a program ends with the process that started it, even if it has its own process group and ignores SIGTERM', async () => {
  const project = projectWith(
    `import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => undefined);
writeFileSync(process.env.VAE_SWEEP_FOLDER + '/pid', String(process.pid));
setInterval(() => undefined, 1000);`,
    { command: ['setsid', process.execPath, 'program.mjs'] },
  );
  const { child, ended } = startCommand(['run', ...options(project)]);
  const pidFile = () => path.join(taskFolderOf(project), 'program', 'files', 'pid');
  await waitUntil('the program has started', () => hasTask(project) && existsSync(pidFile()));
  const pid = Number(readFileSync(pidFile(), 'utf8'));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
  await waitUntil('the program has ended', () => !isRunning(pid));
});

it('counts the memory of the program, and stops it when it exceeds --max-memory', async () => {
  const project = projectWith(
    `const blocks = [];
for (let n = 1; n <= 500; n++) {
  if (blocks.length < 40) blocks.push(Buffer.alloc(25e6, 1));
  console.log(JSON.stringify({ n, square: n * n }));
  await new Promise((resolve) => setTimeout(resolve, 20));
}`,
    { settings: { lastNumber: { type: 'integer', default: 500 } } },
  );
  const { ended } = startCommand(['run', ...options(project, '--max-memory', '600')]);
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 1, stderr);
  assert.match(stdout + stderr, /failed: count.*memory, more than its limit of 600 MB/);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function hasTask({ folder }: Project): boolean {
  const tasks = path.join(folder, 'out', 'tasks');
  return existsSync(tasks) && readdirSync(tasks).length > 0;
}

/** Returns the numbers of all rows that attempts have written. */
function writtenRows(project: Project): number[] {
  const output = hasTask(project) ? path.join(taskFolderOf(project), 'program', 'output.jsonl') : '';
  const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
  return [...text.matchAll(/"row":(\d+)/g)].map(([, row]) => Number(row));
}

/** Waits until the program has written some more rows. */
async function untilOutputGrows(project: Project): Promise<void> {
  const before = writtenRows(project).length;
  await waitUntil('the program has written 40 rows', () => writtenRows(project).length >= before + 40);
}
