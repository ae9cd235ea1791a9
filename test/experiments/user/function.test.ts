import '../../../src/experiments/index.js';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { TaskLogs } from '../../../src/dashboard/task-logs.js';
import { run } from '../../../src/experiments/user/function-worker.js';
import { decodeState, encodeState } from '../../../src/forms/saved-state.js';
import { installPlugins, installSamePlugins } from '../../../src/input/plugins.js';
import { prepareTaskFolder, readTaskState } from '../../../src/store/task-folder.js';
import { identify } from '../../../src/task/identity.js';
import type { TaskOutcome } from '../../../src/task/outcome.js';
import { installedPlugins } from '../../../src/task/plugins.js';
import { experimentNamed, installedVersions } from '../../../src/task/registry.js';

/** A plugin whose functions have more rows than a record batch. The state of `walk` has numbers that need all of their bits. */
const PLUGIN = `
const columns = { rows: [{ name: 'n' }, { name: 'position' }], summary: [{ name: 'last' }] };
const common = { form: 'function', settings: {}, columns, rows: () => 2500 };
export default { name: 'walks', experiments: [
  { ...common, name: 'walk', resumable: true, *run({ seed }, { saved, save }) {
    let { n, position } = saved ?? { n: 0, position: seed / 3 };
    while (n < 2500) {
      n += 1;
      position = Math.sin(position * 12.9898) * 43.7585;
      yield { n, position };
      save({ n, position });
    }
    return { last: position };
  } },
  { ...common, name: 'odd', resumable: true, *run(_, { save }) { yield { n: 1, position: 1 }; save({ at: new Float64Array(1) }); return { last: 1 }; } },
  { ...common, name: 'unable', *run(_, { save }) { yield { n: 1, position: 1 }; save({}); return { last: 1 }; } },
] };
`;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-function-'));

before(async () => {
  writeFileSync(path.join(folder, 'walks.mjs'), PLUGIN);
  await installPlugins([path.join(folder, 'walks.mjs')]);
});

/** Attempts a task with a clock on which each save takes a millisecond, and requests a stop at `stopRow`. */
async function attempt(
  name: string,
  out: string,
  stopRow = Infinity,
): Promise<{ outcome: TaskOutcome; taskFolder: string; id: string }> {
  const experiment = experimentNamed(name);
  const settings = experiment.resolve({ seed: 1 });
  const task = identify(settings, experiment.versions(settings, installedVersions()));
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const taskFolder = prepareTaskFolder(path.join(folder, out, 'tasks', task.name), task);
  const shared = { predecessor: null, checkpointEveryMs: 100, shared: cells.buffer, slot: 0 };
  let ms = 0;
  const now = (): number => {
    if ((cells[1] ?? 0) >= stopRow) cells[0] = 1;
    return (ms += 1);
  };
  const request = { type: 'train', task, folder: taskFolder, ...shared } as const;
  return { outcome: await run(request, { now, date: () => new Date(0) }), taskFolder, id: task.id };
}

describe('a function that is resumable', () => {
  it('gives the same bytes after two stops as without interruption', async () => {
    const whole = await attempt('walk', 'whole');
    assert.equal(whole.outcome.type, 'done');
    const first = await attempt('walk', 'stopped', 700);
    assert.deepEqual(first.outcome, { type: 'stopped', step: 700, fromStep: 0, recovered: null });
    assert.deepEqual(readTaskState(first.taskFolder, first.id), { state: 'interrupted', step: 700 });
    const second = await attempt('walk', 'stopped', 1_900);
    assert.deepEqual(second.outcome, { type: 'stopped', step: 1_900, fromStep: 700, recovered: null });
    const third = await attempt('walk', 'stopped');
    assert.equal(third.outcome.type, 'done');
    for (const name of ['rows.arrow', 'verdict.json', 'done.json'])
      assert.deepEqual(
        readFileSync(path.join(third.taskFolder, name)),
        readFileSync(path.join(whole.taskFolder, name)),
      );
  });

  it('shows its rows while it is interrupted, including those of an incomplete record batch', async () => {
    const { taskFolder } = await attempt('walk', 'shown', 700);
    assert.equal(new TaskLogs().log(taskFolder, 'rows')?.numRows, 700);
  });

  it('restores every saved number exactly', () => {
    const state = {
      numbers: [-0, NaN, Infinity, -Infinity, 0.1],
      text: 'x',
      nested: [{ is: true, not: null }],
    };
    assert.deepStrictEqual(decodeState(encodeState(state)), state);
    for (const other of [undefined, 1n, new Date(0), { $number: '1' }, new Float64Array(1)])
      assert.throws(() => encodeState({ other }), /the saved state holds an unsupported value/i);
  });

  it('resumes from the previous checkpoint when the latest one is corrupt', async () => {
    const { taskFolder } = await attempt('walk', 'corrupt', 1_200);
    truncateSync(path.join(taskFolder, 'checkpoint.safetensors'), 100);
    const { outcome } = await attempt('walk', 'corrupt');
    assert.equal(outcome.type, 'done');
    assert.ok(outcome.fromStep > 1_000 && outcome.fromStep < 1_200);
    assert.match(outcome.recovered ?? '', /; resumed from the previous checkpoint at row 1,1\d\d$/);
    assert.deepEqual(
      readFileSync(path.join(taskFolder, 'rows.arrow')),
      readFileSync(path.join((await attempt('walk', 'again')).taskFolder, 'rows.arrow')),
    );
  });

  it('fails if it saves a value that cannot be stored', async () => {
    const { outcome } = await attempt('odd', 'odd');
    assert.equal(outcome.type, 'failed');
    assert.match(outcome.message, /Use only numbers, strings, booleans, null, arrays and plain objects\.$/);
  });
});

it('a function that is not declared as resumable fails if it saves a state', async () => {
  const { outcome } = await attempt('unable', 'unable');
  assert.equal(outcome.type, 'failed');
  assert.match(outcome.message, /it is not declared as resumable\. Set `resumable: true`/);
});

it('a worker rejects a plugin that was edited after the run started', async () => {
  const file = path.join(folder, 'walks.mjs');
  const [installed] = installedPlugins().filter((plugin) => plugin.file === file);
  await installSamePlugins([{ file, hash: installed?.hash ?? '' }]);
  await assert.rejects(installSamePlugins([{ file, hash: 'the hash of another text' }]), {
    name: 'InputError',
    message: /walks\.mjs, or a file that it lists, was edited after the run started: restart the run/,
  });
});
