import '../native-environment.js';
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../../src/errors.js';
import { TASK_FILES, type TaskState } from '../../src/store/task-folder.js';
import { readTaskStates } from '../../src/store/task-states.js';
import { TRANSITIONS, type StateName } from '../../src/task/states.js';
import type { Task } from '../../src/task/task.js';
import { isCrash } from './crash.js';
import { durableImage, seededRandom, tornImage, writtenImage, type Image } from './disk-model.js';
import { FaultyDisk, writeImage, type Fault, type Operation } from './faulty-disk.js';
import { Ledger } from './ledger.js';
import { runSession, type Session } from './stand-in-sweep.js';
import { TASKS } from './stand-in-training.js';

/** Number of simulated power cuts per crash after which a disk keeps a part of the unsynced data; each has its own seed. */
const TORN_CUTS = Number(process.env['VAE_SWEEP_TORN_CUTS'] ?? 1);
/** Runs a single case, for example `a sweep that is stopped and resumed: crash@57`. */
const ONLY = process.env['VAE_SWEEP_FAULT'] ?? '';

/** In memory if possible, because a real disk would flush at each rename. */
const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vae-sweep-crash-'));
const outDir = path.join(folder, 'out');
after(() => {
  rmSync(folder, { recursive: true });
});

interface Scenario {
  readonly name: string;
  readonly initial: Image;
  readonly tasks: readonly Task[];
  readonly sessions: readonly Session[];
  /** Records the guarantees that apply to the initial store. */
  readonly promise: (ledger: Ledger) => void;
}

const [, flaky, small] = TASKS as [Task, Task, Task];
const CORRUPT_FILE = `out/tasks/${small.name}/${TASK_FILES.checkpoint}`;

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a sweep that is stopped and resumed',
    initial: new Map(),
    tasks: TASKS,
    sessions: [{ failAt: { [flaky.name]: 6 }, stopAt: { [small.name]: 4 } }, { retries: 1 }],
    promise: () => undefined,
  },
  {
    name: 'a corrupt task that is set aside',
    initial: new Map([
      ...[`out`, 'out/tasks', path.dirname(CORRUPT_FILE)].map((folder) => [folder, null] as const),
      [CORRUPT_FILE, Buffer.from('no checkpoint')],
    ]),
    tasks: [small],
    sessions: [{ retrainCorrupt: true }],
    promise: (ledger) => {
      ledger.settle(small.name, 'corrupt', true);
    },
  },
  {
    name: 'a corrupt checkpoint that is replaced by the previous one',
    initial: await withBrokenCheckpoint(flaky, 6),
    tasks: [flaky],
    sessions: [{}],
    promise: (ledger) => {
      ledger.settle(flaky.name, 'progress', 'interrupted 6');
    },
  },
];

/** Returns a store in which the task was stopped at the step, and a bit of its latest checkpoint was flipped. */
async function withBrokenCheckpoint(task: Task, step: number): Promise<Image> {
  const disk = start(new Map());
  try {
    await runSession(outDir, [task], { stopAt: { [task.name]: step } }, new Ledger());
  } finally {
    disk.remove();
  }
  const image = new Map(durableImage(disk.root));
  const file = `out/tasks/${task.name}/${TASK_FILES.checkpoint}`;
  const bytes = Buffer.from(image.get(file) ?? []);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return image.set(file, bytes);
}

/** Files to compare. The session record and the log depend on the sessions, and temporary files of dead processes are harmless. */
const RESULT = new RegExp(
  `^out/tasks/[^/]+/(${[TASK_FILES.task, TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples].join('|')}|${TASK_FILES.parameters}|${TASK_FILES.done})$`,
);

function resultsIn(image: Image): Map<string, string> {
  const files = [...image].filter(([name]) => RESULT.test(name) && !name.includes('.corrupt-'));
  return new Map(files.map(([name, bytes]) => [name, digestOf(bytes)] as const).sort());
}

const digests = new WeakMap<Buffer, string>();

/** Images of one disk share buffers of equal files. */
function digestOf(bytes: Buffer | null): string {
  if (bytes === null) return 'folder';
  const digest = digests.get(bytes) ?? hash('sha256', bytes);
  digests.set(bytes, digest);
  return digest;
}

/** Runs the sessions until the process dies. Any other failure must be an error that a user can act on. */
async function play({ tasks, sessions }: Scenario, ledger: Ledger): Promise<void> {
  for (const session of sessions) {
    try {
      const { corrupt } = await runSession(outDir, tasks, session, ledger);
      assert.deepEqual(corrupt, []);
    } catch (error) {
      if (isCrash(error)) return;
      assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
    }
  }
}

/** Completes the sweep, and returns the image that a power cut at its end leaves. */
async function complete({ tasks }: Scenario, disk: FaultyDisk, ledger: Ledger): Promise<Image> {
  try {
    const retrainCorrupt = [...readTaskStates(outDir, tasks).values()].some(
      ({ state }) => state === 'corrupt',
    );
    const result = await runSession(outDir, tasks, { retrainCorrupt }, ledger);
    assert.deepEqual([...result.failed, ...result.corrupt], []);
  } finally {
    disk.remove();
  }
  return durableImage(disk.root);
}

function start(image: Image, fault: Fault | null = null): FaultyDisk {
  writeImage(folder, image);
  return new FaultyDisk(folder, fault);
}

function ledgerOf(scenario: Scenario): Ledger {
  const ledger = new Ledger();
  scenario.promise(ledger);
  return ledger;
}

type States = ReadonlyMap<string, TaskState>;

function checkStates({ tasks }: Scenario, ledger: Ledger, states: States): void {
  const problems = tasks.map(({ id, name }) => ledger.problem(name, states.get(id) ?? { state: 'new' }));
  assert.deepEqual(
    problems.filter((problem) => problem !== null),
    [],
  );
}

/** Findings by the content of a store. */
const completed = new Map<string, States>();
let stores = 0;

/** Asserts that a store after a fault is in an allowed state, and that the next run completes it. Equal stores are completed only once. */
async function checkImage({ scenario, expected }: Rehearsed, ledger: Ledger, image: Image): Promise<void> {
  stores += 1;
  assert.deepEqual(
    [...image.keys()].filter((name) => !/^out(\/|$)/.test(name)),
    [],
  );
  const key = keyOf(scenario, image);
  const known = completed.get(key);
  if (known !== undefined) {
    checkStates(scenario, ledger, known);
    return;
  }
  writeImage(folder, image);
  const states = readTaskStates(outDir, scenario.tasks);
  checkStates(scenario, ledger, states);
  assert.deepEqual(resultsIn(await complete(scenario, new FaultyDisk(folder), new Ledger())), expected);
  completed.set(key, states);
}

/** Returns a key that is equal for images that a run can't distinguish. */
function keyOf({ name }: Scenario, image: Image): string {
  const files = [...image].filter(([file]) => !/\.tmp$|log\.jsonl$/.test(file));
  return JSON.stringify([name, ...files.map(([file, bytes]) => `${file} ${digestOf(bytes)}`).sort()]);
}

async function checkCase(plan: Rehearsed, fault: Fault): Promise<void> {
  const { scenario } = plan;
  const ledger = ledgerOf(scenario);
  const disk = start(scenario.initial, fault);
  try {
    await play(scenario, ledger);
    assert.deepEqual(disk.outside, []);
    checkStates(scenario, ledger, readTaskStates(outDir, scenario.tasks));
    const images = [writtenImage(disk.root), durableImage(disk.root)];
    if (fault.mode === 'crash' || fault.mode === 'tear')
      for (let cut = 0; cut < TORN_CUTS; cut += 1)
        images.push(tornImage(disk.root, seededRandom(fault.at + cut * 1_000)));
    disk.restart();
    if (fault.mode !== 'full' && fault.mode !== 'short') {
      // A marker that was not flushed may be lost. Then its task resumes from its checkpoint.
      const later = ledger.copy();
      await checkImage(plan, later, await complete(scenario, disk, later));
    }
    for (const image of images) await checkImage(plan, ledger, image);
  } finally {
    disk.remove();
  }
}

interface Rehearsed {
  readonly scenario: Scenario;
  /** Operations of a run without faults. */
  readonly operations: readonly Operation[];
  /** Digests of the results of a sweep that was never interrupted. */
  readonly expected: Map<string, string>;
}

/** Asserts that between any two operations of a run, a task's state is unchanged or follows a legal transition. */
function checkTransitions(disk: FaultyDisk, tasks: readonly Task[], seen: Set<string>): void {
  const before = new Map<string, StateName>();
  disk.onOperation = () => {
    for (const [id, { state }] of readTaskStates(outDir, tasks)) {
      const from = before.get(id) ?? state;
      before.set(id, state);
      if (from === state) continue;
      seen.add(`${from} -> ${state}`);
      assert.ok(state in TRANSITIONS[from], `${from} -> ${state} is not in the table of transitions`);
    }
  };
}

const transitions = new Set<string>();

async function rehearse(scenario: Scenario): Promise<Rehearsed> {
  const disk = start(scenario.initial);
  checkTransitions(disk, scenario.tasks, transitions);
  try {
    for (const session of scenario.sessions)
      await runSession(outDir, scenario.tasks, session, ledgerOf(scenario));
  } finally {
    disk.remove();
  }
  const expected = resultsIn(await complete(scenario, start(new Map()), new Ledger()));
  assert.deepEqual(resultsIn(durableImage(disk.root)), expected);
  return { scenario, operations: disk.operations, expected };
}

async function checkEach(plan: Rehearsed, mode: Fault['mode']): Promise<string> {
  const { scenario, operations } = plan;
  const before = { stores, completed: completed.size, ms: performance.now() };
  let faults = 0;
  for (const [index, { kind, file }] of operations.entries()) {
    const at = index + 1;
    const name = `${scenario.name}: ${mode}@${at}`;
    if ((mode === 'tear' || mode === 'short') && kind !== 'write') continue;
    if (ONLY !== '' && name !== ONLY) continue;
    faults += 1;
    try {
      await checkCase(plan, { at, mode });
    } catch (error) {
      const problem = error instanceof Error ? error.stack : String(error);
      assert.fail(`VAE_SWEEP_FAULT='${name}' (${kind} ${file}): ${problem}`);
    }
  }
  const ms = Math.round(performance.now() - before.ms);
  return `${operations.length} operations, ${faults} faults, ${stores - before.stores} stores checked, ${completed.size - before.completed} completed, ${ms} ms`;
}

// Everything runs before the first test, because only one disk at a time can replace `node:fs`.
const rehearsed: Rehearsed[] = [];
for (const scenario of SCENARIOS) rehearsed.push(await rehearse(scenario));

test('the runs cover these transitions', () => {
  assert.deepEqual([...transitions].sort(), [
    'corrupt -> new',
    'failed -> interrupted',
    'interrupted -> done',
    'interrupted -> failed',
    'new -> interrupted',
  ]);
});

for (const plan of rehearsed)
  describe(plan.scenario.name, () => {
    for (const mode of ['crash', 'tear', 'fail', 'full', 'short'] as const)
      test(`${mode} at each operation`, async (context) => {
        context.diagnostic(await checkEach(plan, mode));
      });
  });
