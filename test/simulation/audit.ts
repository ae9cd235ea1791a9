import { listStore } from '../../src/store/inventory.js';
import { readTaskState, taskFolder, verifyTask } from '../../src/store/task-folder.js';
import type { Assignment } from '../../src/pool/task-pool.js';
import type { Settlement } from '../../src/run/settle.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import type { Task } from '../../src/task/task.js';
import { ModelFile, ModelFolder } from '../faults/disk-model.js';
import { OUT_DIR, type SimulatedDisk } from './disk.js';
import type { SimulatedProcess } from './process.js';
import type { World } from './world.js';

/** Checks the invariants while a simulation runs. */
export class Audit {
  readonly #world: World;
  /** The names of tasks whose results were reported as durable, by disk. */
  readonly #promised = new Map<SimulatedDisk, Map<string, Task>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A coordinator assigns a task to a host. No task may be executed again after it is done. */
  assigned(process: SimulatedProcess, { task }: Assignment): void {
    const state = readTaskState(taskFolder(OUT_DIR, task), task.id);
    process.note(`assigns ${task.name} (${state.state})`);
    if (state.state === 'done') this.#world.violate(`${process.name} executes ${task.name}, which is done`);
  }

  /** A host has executed a task. The results of a done task are durable from now on. */
  ended(process: SimulatedProcess, task: Task, outcome: TaskOutcome): void {
    if (outcome.type === 'done') this.promise(process.machine.disk, task);
    if (outcome.type === 'corrupt')
      this.#world.violate(`${process.name} found ${task.name} corrupt: ${outcome.problem}`);
  }

  /** A run reports how a task was settled. A done task is in its store, unless its worker has its own. */
  settled(process: SimulatedProcess, task: Task, settlement: Settlement): void {
    if (settlement.type === 'done') this.promise(process.machine.disk, task);
    if (settlement.type === 'corrupt') this.#world.violate(`${process.name} reports ${task.name} as corrupt`);
  }

  promise(disk: SimulatedDisk, task: Task): void {
    const tasks = this.#promised.get(disk) ?? new Map<string, Task>();
    tasks.set(task.name, task);
    this.#promised.set(disk, tasks);
  }

  /** Checks that the store on the disk opens, and that no finished task is lost. */
  checkStore(disk: SimulatedDisk, tasks: readonly Task[]): void {
    this.#observe(disk, () => {
      const listed = new Map(
        listStore(OUT_DIR).flatMap((entry) =>
          entry.kind === 'task' ? [[entry.task.id, entry.state] as const] : [],
        ),
      );
      for (const task of tasks) {
        const state = listed.get(task.id) ?? readTaskState(taskFolder(OUT_DIR, task), task.id);
        const isPromised = this.#promised.get(disk)?.has(task.name) === true;
        if (isPromised && state.state !== 'done')
          this.#world.violate(`${task.name} was done, and is ${state.state} on ${disk.name}`);
        if (state.state === 'corrupt')
          this.#world.violate(`${task.name} is corrupt on ${disk.name}: ${state.problem}`);
      }
    });
  }

  /** Checks that all tasks are done, that their checksums match, and that they have the bytes of tasks that were never disturbed. */
  checkResults(disk: SimulatedDisk, tasks: readonly Task[]): void {
    const expected = this.#world.expectedResults;
    for (const [file, content] of this.#resultsOn(disk, tasks)) {
      const wanted = expected.get(file) ?? content;
      if (wanted !== content) this.#world.violate(`${file} has other bytes than without faults`);
      expected.set(file, wanted);
    }
  }

  /** Returns the contents of the finished tasks' results by path. */
  #resultsOn(disk: SimulatedDisk, tasks: readonly Task[]): Map<string, string> {
    const results = new Map<string, string>();
    this.#observe(disk, () => {
      for (const task of tasks) {
        const folder = taskFolder(OUT_DIR, task);
        const state = verifyTask(folder, task.id);
        if (state.state !== 'done') this.#world.violate(`${task.name} is ${state.state} after the last run`);
        const { node } = disk.locate(folder);
        for (const [name, file] of node instanceof ModelFolder ? node.entries : [])
          if (file instanceof ModelFile && RESULT.test(name))
            results.set(`${task.name}/${name}`, file.written.toString('latin1'));
      }
    });
    return results;
  }

  /** Runs code that reads the disk, in a process of its own. */
  #observe(disk: SimulatedDisk, act: () => void): void {
    const observer = disk.machines[0]?.start('observer');
    if (observer === undefined) return;
    this.#world.run(observer, act);
    observer.isAlive = false;
  }
}

const RESULT = /^(task\.json|rows\.arrow|verdict\.json|done\.json)$/;
