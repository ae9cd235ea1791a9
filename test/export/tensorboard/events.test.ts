import '../../native-environment.js';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import '../../../src/experiments/index.js';
import { installedVersions } from '../../../src/task/registry.js';
import { EventFile } from '../../../src/export/tensorboard/event-file.js';
import { TASK_FILES, taskFolder } from '../../../src/store/task-folder.js';
import { loadSweep } from '../../../src/sweep/load.js';
import type { Task } from '../../../src/task/task.js';
import { MAIN, vaeSweep } from '../../cli/command.js';
import { noPython, python } from '../../examples/python.js';
import { waitUntil } from '../../wait-until.js';

type Points = readonly (readonly [step: number, value: number])[];

/** A script that reads all points of a run by tag with TensorBoard's own reader. */
const READER = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0})
events.Reload()
print(json.dumps({tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}))
`;

let folder: string;
let file: string;
let out: string;
let events: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-events-'));
  file = path.join(folder, 'mine.yaml');
  out = path.join(folder, 'out');
  events = path.join(folder, 'events');
});

function writeSweep(settings: string): readonly Task[] {
  writeFileSync(
    file,
    `experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2] }\nsettings: ${settings}\n`,
  );
  return loadSweep(file, { versions: installedVersions() }).tasks;
}

function read(task: Task | undefined): Readonly<Record<string, Points>> {
  return JSON.parse(python('-c', READER, path.join(events, task?.name ?? ''))) as Record<string, Points>;
}

/** Returns a log's column by step, as float32, which is the precision of events. */
function logged(task: Task | undefined, log: string, column: string): Points {
  assert.ok(task);
  const table = tableFromIPC(readFileSync(path.join(taskFolder(out, task), log)));
  return table
    .toArray()
    .map((row: Record<string, number>) => [row['step'] ?? NaN, Math.fround(row[column] ?? NaN)]);
}

describe('vae-sweep run --tensorboard', () => {
  test(
    'writes one event file per task, which TensorBoard reads with the same values as the logs',
    { skip: noPython },
    () => {
      const tasks = writeSweep('{ steps: 60, evaluateEverySteps: 20 }');
      const run = () => vaeSweep('run', file, '--out', out, '--tensorboard', events);
      const first = run();
      assert.equal(first.status, 0, first.stderr);
      assert.deepEqual(readdirSync(events).sort(), tasks.map(({ name }) => name).sort());
      const before = read(tasks[1]);
      assert.deepEqual(before['steps/loss'], logged(tasks[1], TASK_FILES.steps, 'loss'));
      assert.deepEqual(before['evaluation/kl'], logged(tasks[1], TASK_FILES.evaluations, 'kl'));
      assert.equal(before['evaluation/encoderZeros']?.length, 4);
      assert.deepEqual(
        [before['evaluation/encoderVariance'], before['evaluation/manifoldError']],
        [undefined, undefined],
      );
      assert.equal(run().status, 0);
      assert.deepEqual(read(tasks[1]), before);
      assert.deepEqual(readdirSync(folder).sort(), ['events', 'mine.yaml', 'out']);
    },
  );

  test('duplicates no points of a run that was killed and resumed', { skip: noPython }, async () => {
    const tasks = writeSweep('{ steps: 70000, evaluateEverySteps: 20000 }');
    const args = [
      'run',
      file,
      '--out',
      out,
      '--tensorboard',
      events,
      '--checkpoint-every',
      '0.05',
      '--workers',
      '2',
    ];
    const run = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
    const [first] = tasks;
    assert.ok(first);
    await waitUntil(
      'the task has a checkpoint, or the run ended',
      () => existsSync(path.join(taskFolder(out, first), TASK_FILES.checkpoint)) || run.exitCode !== null,
    );
    run.kill('SIGKILL');
    await once(run, 'exit');
    const again = vaeSweep(...args);
    assert.equal(again.status, 0, again.stderr);
    const points = read(first);
    // Every 70th of 70,000 rows, which does not divide the log's batches of 5,000.
    assert.deepEqual(
      points['steps/loss'],
      logged(first, TASK_FILES.steps, 'loss').filter(([step]) => step % 70 === 0),
    );
    assert.deepEqual(points['evaluation/loss'], logged(first, TASK_FILES.evaluations, 'loss'));
  });

  test('writes the event files of all stages of a search', () => {
    const halving = '{ metric: loss, goal: min, min: 20, max: 80, factor: 2 }';
    writeSweep(`{ evaluateEverySteps: 20 }\nsample: { count: 4 }\nhalving: ${halving}
space: { learningRate: { logUniform: [1.0e-4, 1.0e-1] } }`);
    const { status, stderr } = vaeSweep('run', file, '--out', out, '--tensorboard', events);
    assert.equal(status, 0, stderr);
    const tasks = readdirSync(path.join(out, 'tasks'));
    assert.equal(tasks.length, 8 + 4 + 2);
    assert.deepEqual(readdirSync(events).sort(), tasks.sort());
  });

  test('rejects a folder that cannot be created before it trains', () => {
    writeSweep('{ steps: 20 }');
    const blocked = path.join(folder, 'blocked');
    writeFileSync(blocked, '');
    const { status, stderr } = vaeSweep('run', file, '--out', out, '--tensorboard', blocked);
    assert.equal(status, 1);
    assert.match(stderr, /^vae-sweep: can't create the folder .*blocked \(ENOTDIR\): /);
    assert.equal(existsSync(out), false);
  });
});

test('event files are closed, because a sweep has thousands', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const write = (name: string) => {
    const event = new EventFile(path.join(folder, name));
    event.scalar('a', 1, 2);
    event.close();
  };
  write('first');
  const before = open();
  for (let n = 0; n < 20; n++) write(String(n));
  assert.equal(open(), before);
});
