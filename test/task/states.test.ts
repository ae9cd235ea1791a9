import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { importTask } from '../../src/store/import-task.js';
import { decide } from '../../src/store/merge-decision.js';
import { removeFolders } from '../../src/store/remove.js';
import {
  clearFailed,
  commitResults,
  markedHashes,
  markFailed,
  setAside,
  TASK_FILES,
  taskFolder,
  tasksFolder,
  verifyTask,
} from '../../src/store/task-folder.js';
import {
  countStates,
  STATE_LABELS,
  TASK_STATES,
  TRANSITIONS,
  type StateName,
} from '../../src/task/states.js';
import { begin, finish, interrupt } from '../store/sample-store.js';
import { checkpointBytes, identifiedTask, sampleResults } from '../store/sample-task.js';

const task = identifiedTask(1);
const failure = { reason: 'error', message: 'x', step: null, lastFinite: null, attempts: 1 } as const;

/** Functions that bring the store of a task into each state, with and without checkpoints of different steps. */
const STORES: Readonly<Record<string, (out: string) => unknown>> = {
  new: (out) => begin(out, task),
  'interrupted at 10': (out) => interrupt(out, task, 10),
  'interrupted at 20': (out) => interrupt(out, task, 20),
  failed: (out) => {
    markFailed(begin(out, task), failure);
  },
  'failed at 15': (out) => {
    markFailed(interrupt(out, task, 15), failure);
  },
  'failed at 25': (out) => {
    markFailed(interrupt(out, task, 25), failure);
  },
  done: (out) => finish(out, task),
  corrupt: (out) => {
    writeFileSync(path.join(begin(out, task), TASK_FILES.done), 'torn');
  },
};

/** Operations of the store on a task's folder, and the states in which runs and commands perform them. */
const CHANGES: Readonly<
  Record<string, { readonly from: readonly StateName[]; readonly make: (out: string) => unknown }>
> = {
  checkpoint: {
    from: ['new', 'interrupted'],
    make: (out) => {
      writeFileSync(path.join(taskFolder(out, task), TASK_FILES.checkpoint), checkpointBytes(30));
    },
  },
  commit: {
    from: ['new', 'interrupted'],
    make: (out) => {
      commitResults(taskFolder(out, task), task.id, sampleResults());
    },
  },
  fail: {
    from: ['new', 'interrupted', 'failed'],
    make: (out) => {
      markFailed(taskFolder(out, task), { ...failure, attempts: failure.attempts + 1 });
    },
  },
  retry: {
    from: ['failed'],
    make: (out) => {
      clearFailed(taskFolder(out, task));
    },
  },
  'set aside': { from: ['interrupted', 'done', 'corrupt'], make: (out) => setAside(taskFolder(out, task)) },
  delete: {
    from: TASK_STATES,
    make: async (out) => removeFolders(out, [task.name], new AbortController().signal),
  },
};

const reached = new Set<string>();

/** Performs an operation and asserts that the table has the transition. An operation may also leave the state unchanged. */
async function change(by: string, store: (out: string) => unknown, make: (out: string) => unknown) {
  const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-states-'));
  store(out);
  const before = found(out);
  await make(out);
  const after = found(out);
  const name = `${before.state.state} -> ${after.state.state} by ${by}`;
  const isSame = JSON.stringify(before.state) === JSON.stringify(after.state);
  if (!isSame) {
    assert.ok(allTransitions().includes(name), `${name} is not in the table`);
    reached.add(name);
  }
}

function found(out: string): {
  state: ReturnType<typeof verifyTask>;
  hashes: ReadonlyMap<string, string> | null;
} {
  const folder = taskFolder(out, task);
  return { state: verifyTask(folder, task.id), hashes: markedHashes(folder) };
}

function allTransitions(): string[] {
  return Object.entries(TRANSITIONS).flatMap(([from, targets]) =>
    Object.entries<readonly string[]>(targets).flatMap(([to, changes]) =>
      changes.map((by) => `${from} -> ${to} by ${by}`),
    ),
  );
}

describe('the table of transitions', () => {
  for (const [by, { from, make }] of Object.entries(CHANGES))
    test(`covers the store's operation: ${by}`, async () => {
      const stores = Object.entries(STORES).filter(([name]) => from.some((state) => name.startsWith(state)));
      assert.ok(stores.length >= from.length);
      for (const [, store] of stores) await change(by, store, make);
    });

  test("covers the store's operation: import of a task that is further in another store", async () => {
    for (const source of Object.values(STORES)) {
      const other = mkdtempSync(path.join(tmpdir(), 'vae-sweep-states-'));
      source(other);
      const theirs = found(other);
      for (const target of Object.values(STORES))
        await change('import', target, (out) => {
          if (decide(theirs, found(out)).type !== 'copy') return;
          const problem = importTask(taskFolder(other, task), tasksFolder(out), task, theirs.state);
          assert.equal(problem, null);
        });
    }
  });

  test('contains only transitions that the store performs', () => {
    assert.deepEqual([...reached].sort(), allTransitions().sort());
  });
});

test('the diagram in ARCHITECTURE.md shows exactly the transitions of the table', () => {
  const page = readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const diagram = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(page)?.[1] ?? '';
  const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, changes = '']) =>
    changes.split(', ').map((by) => `${String(from)} -> ${String(to)} by ${by}`),
  );
  assert.deepEqual(drawn.sort(), allTransitions().sort());
});

describe('displayed words', () => {
  test('are unique for each state, and so are the signs', () => {
    const states = Object.keys(STATE_LABELS).filter((name) => name !== 'running');
    assert.deepEqual(states, [...TASK_STATES]);
    for (const key of ['word', 'sign'] as const)
      assert.equal(new Set(Object.values(STATE_LABELS).map((words) => words[key])).size, states.length + 1);
  });

  test('follow the counts, in the order of the states, without states that do not occur', () => {
    assert.equal(countStates([]), '');
    assert.equal(countStates(['corrupt', 'new', 'done', 'new']), '1 done, 2 pending, 1 corrupt');
  });
});
