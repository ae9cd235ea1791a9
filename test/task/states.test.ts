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
import { countStates, STATE_WORDS, TASK_STATES, TRANSITIONS, type StateName } from '../../src/task/states.js';
import { begin, finish, interrupt } from '../store/sample-store.js';
import { checkpointBytes, identifiedTask, sampleResults } from '../store/sample-task.js';

const task = identifiedTask(1);
const failure = { reason: 'error', message: 'x', step: null, lastFinite: null, attempts: 1 } as const;

/** Stores of a task by state, some states with and without a checkpoint, and with more steps. */
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

/** What the store does to a task's folder, and the states in which runs and commands do it. */
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

/** A state may also stay as it is, without a transition, where the table has none: a merge copies nothing. */
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
    test(`has what the store does: ${by}`, async () => {
      const stores = Object.entries(STORES).filter(([name]) => from.some((state) => name.startsWith(state)));
      assert.ok(stores.length >= from.length);
      for (const [, store] of stores) await change(by, store, make);
    });

  test('has what the store does: import, of what is further in another store', async () => {
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

  test('has none that the store does not make', () => {
    assert.deepEqual([...reached].sort(), allTransitions().sort());
  });
});

test('the diagram in ARCHITECTURE.md has the transitions of the table, and no other', () => {
  const page = readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const diagram = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(page)?.[1] ?? '';
  const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, changes = '']) =>
    changes.split(', ').map((by) => `${String(from)} -> ${String(to)} by ${by}`),
  );
  assert.deepEqual(drawn.sort(), allTransitions().sort());
});

describe('the words', () => {
  test('are one for each state, and so are the signs', () => {
    const states = Object.keys(STATE_WORDS).filter((name) => name !== 'running');
    assert.deepEqual(states, [...TASK_STATES]);
    for (const key of ['word', 'sign'] as const)
      assert.equal(new Set(Object.values(STATE_WORDS).map((words) => words[key])).size, states.length + 1);
  });

  test('follow the numbers of tasks, in the order of the states, those that there are', () => {
    assert.equal(countStates([]), '');
    assert.equal(countStates(['corrupt', 'new', 'done', 'new']), '1 done, 2 pending, 1 corrupt');
  });
});
