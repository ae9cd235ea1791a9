import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { acquireStoreLock } from '../../src/store/lock.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { startDashboard } from '../../src/dashboard/server.js';
import { storedSweeps } from '../../src/dashboard/stored-sweeps.js';
import type {
  SeriesReply,
  SweepChange,
  SweepState,
  TablesReply,
  TaskReply,
  TaskView,
} from '../../src/dashboard/page/protocol.js';
import { finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';
import { SweepWatch } from '../../src/dashboard/watch.js';
import { writeFinishedRun } from '../report/finished-run.js';
import { loadFrom, trainingSweep } from '../sweep/sweep-folder.js';
import { grow, sampleDashboard, UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

/** Yields the events of a stream. */
async function* events(route: string | URL): AsyncGenerator<{ event: string; data: unknown }> {
  const response = await used.get(route, { headers: { accept: 'text/event-stream' } });
  assert.equal(response.status, 200, 'events');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const event = /^event: (.*)$/m.exec(part)?.[1];
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown };
    }
  }
}

describe('the data for the page', () => {
  test('the first event has the sweep as a grid of settings and seeds, and each task with its state', async () => {
    for await (const { event, data } of events('/api/events')) {
      assert.equal(event, 'state');
      const { parts, tasks, progress } = data as SweepState;
      const [part] = parts;
      assert.ok(part);
      assert.deepEqual(part.columns[0], { name: 'seed 69', short: '69' });
      assert.deepEqual(
        part.rows.map(({ label }) => label),
        ['2-6-6', '4-10-10'],
      );
      const states = tasks.map(({ state }) => state);
      assert.deepEqual(states, ['done', 'done', 'failed', 'corrupt', 'done', 'done', 'new', 'new']);
      assert.equal(tasks[2]?.problem, 'out of luck (error)');
      assert.match(tasks[3]?.problem ?? '', /evaluations.arrow has the wrong size \(20 /);
      assert.equal(progress.done, 4);
      break;
    }
  });

  test('a change of the store is an event with only what has changed', async () => {
    const lock = await acquireStoreLock(used.sample.outDir, {
      signal: AbortSignal.timeout(10_000),
      onWait: () => undefined,
    });
    const [, , , , , , , last] = used.sample.sweep.tasks;
    assert.ok(last);
    try {
      let growing: ReturnType<typeof grow> | null = null;
      const seen: string[] = [];
      for await (const { event, data } of events('/api/events')) {
        if (event === 'state') growing = grow(used.sample.outDir, last);
        else {
          const view: TaskView | undefined = (data as SweepChange).tasks.find(({ id }) => id === last.id);
          assert.ok((data as SweepChange).tasks.length < used.sample.sweep.tasks.length);
          if (view === undefined) continue;
          assert.equal(view.state, 'running');
          seen.push(view.version);
          if (seen.length === 2) break;
          growing?.append();
        }
      }
      assert.equal(new Set(seen).size, 2);
      growing?.close();
      const { curves } = await used.json<SeriesReply>(
        `/api/series?sweep=sample&task=${last.id}&metrics=loss`,
      );
      assert.equal(curves[0]?.steps.at(-1), 10_000);
    } finally {
      await lock.release();
    }
  });

  test('tables have the means, and tasks that do not match their checksums are corrupt', async () => {
    const { tables } = await used.json<TablesReply>('/api/tables?sweep=sample');
    assert.equal(tables.length, 1);
    assert.match(JSON.stringify(tables[0]?.body[0]), /2 of 4/);
    assert.match(tables[0]?.notes.join() ?? '', /seed 7 missing: evaluations.arrow/);
  });

  test('any two groups can be compared', async () => {
    const { body } = await used.json<{ body: string[][] }>(
      `/api/compare?sweep=sample&a=${used.taskId(0)},${used.taskId(1)}&b=${used.taskId(4)}`,
    );
    const error = body.find(([label]) => label === 'Manifold error');
    assert.deepEqual(error?.slice(2), ['0.0851', '+0.0225', '–']);
  });

  test('a task has its settings, its last evaluation and its log lines', async () => {
    const done = await used.json<TaskReply>(`/api/task?sweep=sample&task=${used.taskId(0)}`);
    assert.deepEqual(done.settings[0], ['dimensions', '2-6-6']);
    assert.ok(done.metrics.some(([title, value]) => title === 'manifold error' && value === '0.0851'));
    const failed = await used.json<TaskReply>(`/api/task?sweep=sample&task=${used.taskId(2)}`);
    assert.deepEqual(
      failed.log.map(({ text }) => text),
      ['task started, slot 0, fromStep 0', 'task failed, message out of luck <b>really</b>'],
    );
  });

  test('the picture of a task shows generated points over the true data', async () => {
    const response = await used.get(`/api/picture?sweep=sample&task=${used.taskId(0)}`);
    assert.equal(response.headers.get('content-type'), 'image/svg+xml');
    assert.match(await response.text(), /^<svg/);
    assert.equal((await used.get(`/api/picture?sweep=sample&task=${used.taskId(2)}`)).status, 400);
  });
});

test('an inaccessible file is reported, and everything is shown once it is accessible', async (t) => {
  const own = sampleDashboard();
  const [task] = own.sweep.tasks;
  assert.ok(task);
  const file = path.join(taskFolder(own.outDir, task), TASK_FILES.steps);
  const moved = `${file}-moved`;
  renameSync(file, moved);
  symlinkSync(file, file);
  const server = await own.start();
  t.after(() => server.close());
  const seen: SweepState[] = [];
  for await (const { event, data } of events(new URL('/api/events', server.url))) {
    if (event === 'state') {
      seen.push(data as SweepState);
      renameSync(moved, file);
      continue;
    }
    const { progress, tasks } = data as SweepChange;
    assert.equal(progress.problem, null);
    assert.deepEqual([progress.done, tasks.find(({ id }) => id === task.id)?.state], [4, 'done']);
    break;
  }
  assert.match(seen[0]?.progress.problem ?? '', /can't access .*steps.arrow \(ELOOP\)/);
});

test('tasks of a plugin that is not loaded are shown, finished or not', async (t) => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-'));
  const [done, unfinished] = [1, 2].map((seed) => sampleTask(seed, { experiment: 'flat-torus' }));
  assert.ok(done && unfinished);
  finish(outDir, done);
  interrupt(outDir, unfinished, 50);
  const options = { outDir, host: '127.0.0.1', port: 0, workers: 1 };
  const server = await startDashboard(
    await storedSweeps(outDir, () => assert.fail('no manifest names a file')),
    options,
  );
  t.after(() => server.close());
  for await (const { data } of events(new URL('/api/events', server.url))) {
    const { progress, tasks } = data as SweepState;
    assert.equal(progress.problem, null);
    assert.deepEqual(
      tasks.map(({ state, step }) => [state, step]),
      [
        ['done', null],
        ['interrupted', 50],
      ],
    );
    break;
  }
  assert.equal((await fetch(new URL('/api/tables?sweep=store', server.url))).status, 200);
});

test('system errors while reading the store are reported, and the server continues', async (t) => {
  const own = sampleDashboard();
  const [task] = own.sweep.tasks;
  assert.ok(task);
  const lock = await acquireStoreLock(own.outDir);
  t.after(() => lock.release());
  const file = path.join(taskFolder(own.outDir, task), TASK_FILES.run);
  rmSync(file, { force: true });
  symlinkSync(file, file);
  const server = await own.start();
  t.after(() => server.close());
  for await (const { event, data } of events(new URL('/api/events', server.url))) {
    if (event === 'state') {
      assert.match((data as SweepState).progress.problem ?? '', /ELOOP.*run\.json/);
      rmSync(file);
      continue;
    }
    assert.equal((data as SweepChange).progress.problem, null);
    break;
  }
});

test('a rejected request for events does not count as a connected page', async () => {
  const ask = (accept: string, route: string) => used.get(route, { headers: { accept } });
  for (let i = 0; i < 33; i++) {
    assert.equal((await ask('text/html', '/api/events')).status, 406);
    assert.equal((await ask('text/event-stream', '/api/events?sweep=other')).status, 400);
  }
  for await (const { event } of events('/api/events')) {
    assert.equal(event, 'state');
    break;
  }
});

test('a port that is in use is an error', async () => {
  const port = Number(new URL(used.url).port);
  await assert.rejects(used.sample.start({ port }), { message: `port ${port} is in use`, exitCode: 3 });
});

test('too many tasks for the page are rejected', async () => {
  const [task] = used.sample.sweep.tasks;
  assert.ok(task);
  const tasks = Array.from({ length: 10_001 }, () => task);
  const options = { outDir: used.sample.outDir, host: '127.0.0.1', port: 0, workers: 1 };
  await assert.rejects(
    startDashboard([{ sweep: { ...used.sample.sweep, tasks }, reload: null }], options),
    /at most 10,000 tasks, got 10,001/,
  );
});

test('without a sweep file, the store lists its sweeps, or all its tasks', async () => {
  const load = () => assert.fail('no manifest names a file');
  const [stored, ...others] = await storedSweeps(used.sample.outDir, load);
  assert.deepEqual(others, []);
  assert.equal(stored?.sweep.name, 'store');
  assert.equal(stored.sweep.tasks.length, 8);
  assert.deepEqual(await storedSweeps(mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-')), load), []);
});

test('with the random streams of the released code, tables show the second to last evaluation', async () => {
  const { sweep, outDir } = releasedSweep();
  const [task] = sweep.tasks;
  assert.ok(task);
  const evaluations = Array.from({ length: 31 }, (_, index) => ({
    step: 5_000 * index,
    releasedManifoldError: index / 100,
  }));
  writeFinishedRun(outDir, task, { evaluations });
  const server = await startDashboard([{ sweep, reload: null }], {
    outDir,
    host: '127.0.0.1',
    port: 0,
    workers: 1,
  });
  try {
    const response = await fetch(new URL('/api/tables?sweep=released', server.url));
    const { tables } = (await response.json()) as TablesReply;
    const shown = tables[0]?.body.filter(([label]) => /Manifold Error|at the end/.test(label ?? ''));
    assert.deepEqual(shown?.slice(0, 2), [
      ['Mean Manifold Error', '0.29'],
      ['  at the end', '0.3'],
    ]);
  } finally {
    await server.close();
  }
});

test('refreshing reads the store without waiting for the next poll', () => {
  const { sweep, outDir } = releasedSweep();
  const watch = new SweepWatch({ sweep, reload: null }, { outDir, workers: 1 });
  watch.state();
  const changes: SweepChange[] = [];
  const stop = watch.listen((change) => changes.push(change));
  const [task] = sweep.tasks;
  assert.ok(task);
  writeFinishedRun(outDir, task, { evaluations: [{ step: 150_000 }] });
  watch.refresh();
  stop();
  assert.deepEqual(
    changes.map(({ progress, tasks }) => [progress.done, tasks.map(({ state }) => state)]),
    [[1, ['done']]],
  );
});

function releasedSweep() {
  const text =
    'experiment: sphere\ntable: table3\nsettings: { dimensions: [2, 7, 7], seed: 69, randomStreams: released-code }\n';
  const sweep = trainingSweep(loadFrom({ 'released.yaml': text }, 'released.yaml'));
  return { sweep, outDir: mkdtempSync(path.join(tmpdir(), 'vae-sweep-released-')) };
}
