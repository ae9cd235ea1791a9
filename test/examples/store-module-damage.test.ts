import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { noPython } from './python.js';
import { withStore } from './store-module.js';

/** Makes a store of pending tasks, each with the text of its `task.json`. */
function makeStore(tasks: Readonly<Record<string, string>>, doneOnly: readonly string[] = []) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-damage-'));
  const out = path.join(folder, 'out');
  for (const [name, text] of Object.entries(tasks)) {
    mkdirSync(path.join(out, 'tasks', name), { recursive: true });
    writeFileSync(path.join(out, 'tasks', name, 'task.json'), text);
  }
  for (const name of doneOnly) {
    mkdirSync(path.join(out, 'tasks', name), { recursive: true });
    writeFileSync(path.join(out, 'tasks', name, 'done.json'), '{}');
  }
  mkdirSync(path.join(out, 'sweeps', 'all'), { recursive: true });
  const listed = [...Object.keys(tasks), ...doneOnly].map((name) => ({ name, id: `id-${name}` }));
  writeFileSync(path.join(out, 'sweeps', 'all', 'sweep.json'), JSON.stringify({ tasks: listed }));
  return { folder, out };
}

const taskJson = (name: string, settings: unknown) => JSON.stringify({ name, id: `id-${name}`, settings });

describe('examples/analysis/vae_sweep.py', { skip: noPython, timeout: 60_000 }, () => {
  test('reports damaged task.json files as corrupt, and reads all other tasks', () => {
    const store = makeStore({
      good: taskJson('good', { seed: 1 }),
      cut: '{"name": "cut", "id": "id-c',
      list: '[]',
      moved: taskJson('good', { seed: 2 }),
      bare: '{"name": "bare", "id": "id-bare"}',
    });
    const lines = ['"all"', 'None'].flatMap((sweep) => [
      `table = Store(out).tasks(${sweep}, vae_sweep.STATES).sort("name")`,
      'print(json.dumps([table["name"].to_list(), table["state"].to_list(), table["seed"].to_list()]))',
      'with warnings.catch_warnings(record=True) as caught:',
      '    warnings.simplefilter("always")',
      `    print(len(Store(out).tasks(${sweep}, ["new"])), json.dumps(sorted(str(each.message) for each in caught)))`,
    ]);
    const [bySweep = '', warned = '', byFolder = '', again = ''] = withStore(store, ...lines).split('\n');
    assert.deepEqual(JSON.parse(bySweep), [
      ['bare', 'cut', 'good', 'list', 'moved'],
      ['corrupt', 'corrupt', 'new', 'corrupt', 'corrupt'],
      [null, null, 1, null, null],
    ]);
    assert.equal(byFolder, bySweep);
    assert.equal(again, warned);
    assert.match(warned, /^1 \[/);
    assert.deepEqual(JSON.parse(warned.slice(2)), [
      'bare is corrupt and is left out: task.json is invalid',
      'cut is corrupt and is left out: task.json is invalid',
      'list is corrupt and is left out: task.json is invalid',
      'moved is corrupt and is left out: task.json belongs to good, id id-good',
    ]);
  });

  test('reports a done task without task.json as corrupt', () => {
    const store = makeStore({ good: taskJson('good', { seed: 1 }) }, ['lost']);
    const lines = ['"all"', 'None'].flatMap((sweep) => [
      `table = Store(out).tasks(${sweep}, vae_sweep.STATES).sort("name")`,
      'print(json.dumps([table["name"].to_list(), table["state"].to_list()]))',
    ]);
    const expected = JSON.stringify([
      ['good', 'lost'],
      ['new', 'corrupt'],
    ]);
    const output = withStore(store, ...lines)
      .trimEnd()
      .split('\n');
    assert.deepEqual(
      output.map((line) => JSON.stringify(JSON.parse(line))),
      [expected, expected],
    );
  });

  for (const { values, dtype, read } of [
    { values: [[1, 2.5], [3], []], dtype: 'List(Float64)', read: [[1, 2.5], [3], []] },
    { values: [[1], [2.5]], dtype: 'List(Float64)', read: [[1], [2.5]] },
    { values: [[1], [2]], dtype: 'List(Int64)', read: [[1], [2]] },
    { values: [[[1, 2], [3.5]]], dtype: 'List(List(Float64))', read: [[[1, 2], [3.5]]] },
    { values: [[1, 'a'], [2]], dtype: 'String', read: ['[1, "a"]', '[2]'] },
    { values: [[true, 1]], dtype: 'String', read: ['[true, 1]'] },
    { values: [[[[1], ['a']]]], dtype: 'String', read: ['[[[1], ["a"]]]'] },
    { values: [1, 2.5], dtype: 'Float64', read: [1, 2.5] },
  ])
    test(`reads the setting ${JSON.stringify(values)} as ${dtype}`, () => {
      const tasks = values.map((value, index) => [`t${index}`, taskJson(`t${index}`, { value })] as const);
      const output = withStore(
        makeStore(Object.fromEntries(tasks)),
        'column = Store(out).tasks(states="new")["value"]',
        'print(json.dumps([str(column.dtype), column.to_list()]))',
      );
      assert.deepEqual(JSON.parse(output), [dtype, read]);
    });
});
