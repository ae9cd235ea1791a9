import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import '../../src/experiments/index.js';
import { logsOf } from '../../src/experiments/vae/details.js';
import type { TrainingSettings } from '../../src/experiments/vae/settings/task.js';
import { CHECKPOINT_FILES, writeCheckpoint } from '../../src/store/checkpoint.js';
import { markFailed, TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { readTaskStates } from '../../src/store/task-states.js';
import { loadSweep, type Sweep } from '../../src/sweep/load.js';
import { installedVersions } from '../../src/task/registry.js';
import type { Task } from '../../src/task/task.js';
import { vaeSweep } from '../cli/command.js';
import { readExport, type Row } from '../export/read-export.js';
import { trainSweep, type TrainedSweep } from '../export/trained-sweep.js';
import { noPython } from './python.js';
import { SWEEPS, withStore } from './store-module.js';

let trained: TrainedSweep;
let sweep: Sweep;

before(() => {
  if (noPython !== false) return;
  trained = trainSweep(SWEEPS);
  sweep = loadSweep(trained.file, { versions: installedVersions() });
  assert.equal(vaeSweep('run', path.join(trained.folder, 'linear.yaml'), '--out', trained.out).status, 0);
});

/** Reads a table of the module, an expression with `store` and `tasks`, through a Parquet file. */
async function tableOf(expression: string): Promise<Row[]> {
  withStore(
    trained,
    'store = Store(out)',
    'tasks = store.tasks("mixed")',
    `(${expression}).lazy().sink_parquet(folder + "/module.parquet", compression="snappy")`,
  );
  const rows = await readExport(path.join(trained.folder, 'module.parquet'));
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  );
}

/** Reads the same columns of the same rows from an export. */
async function exported(rows: string, like: readonly Row[]): Promise<Row[]> {
  const to = path.join(trained.folder, `${rows}.parquet`);
  const args = ['export', trained.file, '--out', trained.out, '--rows', rows, '--force', '--to', to];
  assert.equal(vaeSweep(...args).status, 0);
  const names = Object.keys(like[0] ?? {});
  assert.ok(names.length > 5);
  return (await readExport(to)).map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

describe('examples/analysis/vae_sweep.py reads from a store', () => {
  test('the same logs as vae-sweep export', { skip: noPython }, async () => {
    for (const [table, rows] of [
      ['store.steps(tasks).frame', 'steps'],
      ['store.evaluations(tasks).frame', 'evaluations'],
      // These columns of one log are settings of the other task, which an export shows instead of nulls.
      ['store.rows(tasks).frame.drop("ambientDim", "latentDim", "rank")', 'computations'],
    ] as const) {
      const found = await tableOf(table);
      assert.ok(found.length >= 22);
      assert.deepEqual(found, await exported(rows, found));
    }
  });

  test('the same settings and results as vae-sweep export', { skip: noPython }, async () => {
    const results = await tableOf('store.results(tasks).frame');
    assert.deepEqual(results, await exported('tasks', results));
    const training = await tableOf('store.tasks().filter(pl.col("seed") == 7).drop("rank", strict=False)');
    const linear = training.find(({ experiment }) => experiment === 'linear');
    assert.ok(linear);
    const { identity, draws, maxDim, zeroColumns, reconstruction, decades, pointsPerDecade, ...own } = linear;
    assert.deepEqual(
      [identity, draws, maxDim, zeroColumns, reconstruction, decades, pointsPerDecade],
      Array(7).fill(null),
    );
    const expected = (await exported('tasks', [own])).find(({ task }) => task === linear['task']);
    assert.deepEqual(own, expected);
  });

  test('the types and units of the log in Arrow, and keeps them in pandas', { skip: noPython }, () => {
    const { steps, evaluations } = logsOf(sweep.tasks[0]?.settings as TrainingSettings);
    const types = {
      int32: 'Int32',
      float32: 'Float32',
      float64: 'Float64',
      'list<float64>': 'List(Float64)',
    };
    for (const [log, columns] of Object.entries({ steps, evaluations })) {
      const output = withStore(
        trained,
        `table = Store(out).${log}(Store(out).tasks("mixed"))`,
        'frame = table.to_pandas()',
        'assert frame.attrs == {"units": table.units, "descriptions": table.descriptions}',
        'print(json.dumps([[n, str(t), table.units.get(n), table.descriptions.get(n)] for n, t in table.frame.collect_schema().items()]))',
        'print(frame["step"].dtype)',
      );
      const [schema = '', dtype] = output.trim().split('\n');
      assert.deepEqual(JSON.parse(schema), [
        ['task', 'String', null, null],
        ...columns.map(({ name, type, unit, description }) => [
          name,
          types[type as keyof typeof types],
          unit,
          description,
        ]),
      ]);
      assert.equal(dtype, 'int32[pyarrow]');
    }
  });

  test('the tasks of a sweep, and those of the whole store', { skip: noPython }, () => {
    const ids = JSON.parse(
      withStore(
        trained,
        'store = Store(out)',
        'print(json.dumps([store.sweeps(), *(store.tasks(name)["task"].to_list() for name in ("mixed", "linear", None))]))',
      ),
    ) as string[][];
    const [sweeps, mixed, linear, all] = ids;
    assert.deepEqual(sweeps, ['linear', 'mixed']);
    assert.deepEqual(
      mixed,
      sweep.tasks.map(({ id }) => id),
    );
    assert.deepEqual(linear, [sweep.tasks[9]?.id]);
    assert.deepEqual(
      all,
      sweep.tasks
        .map(({ id, name }) => [name, id])
        .sort()
        .map(([, id]) => id),
    );
  });

  test('only what is asked for: a damaged log of another task is not opened', { skip: noPython }, () => {
    const out = copyOfStore();
    const log = path.join(folderOf(out, 0), TASK_FILES.steps);
    writeFileSync(log, Buffer.alloc(readFileSync(log).length));
    const lines = (tasks: string) => [
      'store = Store(out)',
      `table = store.steps(store.tasks("mixed")${tasks})`,
      'print(table.frame.select("loss").explain(), table.frame.select(pl.len()).collect().item())',
    ];
    const output = withStore({ ...trained, out }, ...lines('.filter(pl.col("seed") == 2)'));
    assert.match(output, /Ipc SCAN[^]*PROJECT 1\/6 COLUMNS[^]* 20\n$/);
    assert.throws(
      () => withStore({ ...trained, out }, ...lines('')),
      /StoreError: .*steps\.arrow can't be read \(.*\): run `vae-sweep verify`/,
    );
  });
});

describe('examples/analysis/vae_sweep.py', () => {
  test('reads the same states as vae-sweep, and only done tasks by default', { skip: noPython }, () => {
    const out = copyOfStore();
    /** Makes a task unfinished, with a checkpoint in each file. */
    const interrupt = (index: number) => {
      const folder = folderOf(out, index);
      rmSync(path.join(folder, TASK_FILES.done));
      const pending = { pendingSteps: new Int32Array(), pendingRows: new Float32Array() };
      const stream = { bytes: 0, sha256: null };
      const checkpoint = {
        ...{ step: 10, cpu: 'test', state: new Map([['parameters', new Float32Array(3)]]) },
        ...{ stepLog: { stream, ...pending }, evaluationLog: stream },
      };
      for (const id of [taskAt(index).id, taskAt(index).id]) writeCheckpoint(folder, id, checkpoint);
      return folder;
    };
    const [latest, previous] = CHECKPOINT_FILES;
    appendFileSync(path.join(folderOf(out, 0), TASK_FILES.steps), 'x');
    rmSync(path.join(folderOf(out, 1), TASK_FILES.samples));
    interrupt(2);
    truncateSync(path.join(interrupt(3), latest), 50);
    const both = interrupt(4);
    for (const name of [latest, previous]) appendFileSync(path.join(both, name), 'x');
    const failure = { reason: 'error', message: 'no', step: null, lastFinite: null, attempts: 1 } as const;
    markFailed(interrupt(5), failure);
    writeFileSync(path.join(folderOf(out, 6), TASK_FILES.done), '{');
    rmSync(path.join(folderOf(out, 7), TASK_FILES.done));
    rmSync(folderOf(out, 8), { recursive: true });
    renameSync(path.join(folderOf(out, 0)), `${folderOf(out, 0)}.corrupt-1`);
    cpSync(`${folderOf(out, 0)}.corrupt-1`, folderOf(out, 0), { recursive: true });
    const output = withStore(
      { ...trained, out },
      'warnings.simplefilter("error")',
      'store = Store(out)',
      'tasks = store.tasks("mixed", vae_sweep.STATES)',
      'print(json.dumps(dict(tasks.select("task", "state").iter_rows())))',
      'print(json.dumps(store.tasks("mixed", ["done", "corrupt"]).filter(pl.col("state") == "done")["task"].to_list()))',
      'print(len(store.tasks(states=vae_sweep.STATES)))',
      'try: store.tasks("mixed")',
      'except UserWarning as warning: print(warning)',
    );
    const [states = '', done = '', all, warning = ''] = output.split('\n');
    const expected = readTaskStates(out, sweep.tasks);
    assert.deepEqual(
      JSON.parse(states),
      Object.fromEntries([...expected].map(([id, { state }]) => [id, state])),
    );
    assert.deepEqual(new Set([...expected.values()].map(({ state }) => state)).size, 5);
    assert.deepEqual(
      JSON.parse(done),
      sweep.tasks.slice(9).map(({ id }) => id),
    );
    assert.equal(all, String(sweep.tasks.length - 1));
    assert.match(
      warning,
      new RegExp(
        `^${taskAt(0).name} is corrupt and is left out: steps\\.arrow has the wrong size \\(\\d+ instead of \\d+ bytes\\)$`,
      ),
    );
  });

  test('explains errors', { skip: noPython }, () => {
    const errors: readonly (readonly [string, RegExp])[] = [
      [
        'Store(folder)',
        /is not a store, because it has no folder `tasks`: pass the folder of `vae-sweep run --out`$/,
      ],
      ['Store(out).tasks("mixed2")', /^no sweep mixed2 has run in .*: did you mean mixed\?$/],
      [
        'Store(out).tasks(states="finished")',
        /^unknown state 'finished': choose from done, interrupted, new, failed, corrupt$/,
      ],
      [
        'Store(out).rows(Store(out).tasks("linear"))',
        /^none of these tasks has rows: choose other tasks, or another log$/,
      ],
      [
        'Store(out).steps(Store(out).tasks("linear").with_columns(state=pl.lit("failed")))',
        /is failed, and only done tasks have results: filter by state, or use `vae-sweep export --unfinished`$/,
      ],
    ];
    const lines = errors.flatMap(([expression]) => [
      `try: ${expression}`,
      'except StoreError as error: print(error)',
    ]);
    const output = withStore(trained, ...lines)
      .trim()
      .split('\n');
    assert.equal(output.length, errors.length);
    for (const [index, [, message]] of errors.entries()) assert.match(output[index] ?? '', message);
  });

  test('rejects a log of another version, or of another task', { skip: noPython }, () => {
    const out = copyOfStore();
    const log = path.join(folderOf(out, 0), TASK_FILES.steps);
    const lines = [
      'try: Store(out).steps(Store(out).tasks("mixed"))',
      'except StoreError as error: print(error)',
    ];
    const bytes = readFileSync(log, 'latin1');
    writeFileSync(log, bytes.replaceAll(taskAt(0).id, taskAt(1).id), 'latin1');
    const { id } = taskAt(1);
    assert.match(
      withStore({ ...trained, out }, ...lines),
      new RegExp(`belongs to task ${id}, not to ${taskAt(0).id}`),
    );
    // The value of the key `vae-sweep.schema` is the only text of one character.
    writeFileSync(log, bytes.replaceAll('\x01\0\0\x002\0\0\0', '\x01\0\0\x009\0\0\0'), 'latin1');
    assert.match(
      withStore({ ...trained, out }, ...lines),
      /has version 9 of the schema, not 2: use the vae_sweep\.py of/,
    );
  });
});

function copyOfStore(): string {
  const out = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-module-')), 'out');
  cpSync(trained.out, out, { recursive: true });
  return out;
}

function taskAt(index: number): Task {
  const task = sweep.tasks[index];
  assert.ok(task);
  return task;
}

function folderOf(out: string, index: number): string {
  return taskFolder(out, taskAt(index));
}
