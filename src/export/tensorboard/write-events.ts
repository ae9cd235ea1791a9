import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { logRows } from '../task-logs.js';
import type { ExportTask } from '../table.js';
import { EventFile } from './event-file.js';
import { fsyncFolder, wrapStoreErrors, makeFolder, TEMPORARY_SUFFIX } from '../../store/files.js';
import type { Task } from '../../task/task.js';

/** The approximate number of rows of the step log, evenly spaced. By default, TensorBoard draws 1,000 points per curve. */
const STEP_ROWS = 1_000;

/**
 * Writes a finished task's event file into `<eventsDir>/<name>`, with `steps/...` from the step log and `evaluation/...` from the
 * evaluations. The folder appears only once it is complete. An existing one is kept, because its contents depend only on the task.
 */
export function writeEvents(eventsDir: string, folder: string, task: Task): void {
  const run = path.join(eventsDir, task.name);
  if (existsSync(run)) return;
  // The temporary folder is next to the folder of events, because inside it TensorBoard would treat it as a run.
  const temporaryDir = `${eventsDir}.${process.pid}${TEMPORARY_SUFFIX}`;
  const temporary = path.join(temporaryDir, task.name);
  wrapStoreErrors(`write ${run}`, () => {
    try {
      makeFolder(temporary);
      const file = new EventFile(temporary);
      const found: ExportTask = { task, folder, state: 'done' };
      const logged = [...logRows(found, 'steps')].reduce((sum, { rows }) => sum + rows, 0);
      const every = Math.max(1, Math.floor(logged / STEP_ROWS));
      writeLog(file, found, 'steps', every);
      writeLog(file, found, 'evaluations', 1);
      file.close();
      renameSync(temporary, run);
    } finally {
      rmSync(temporaryDir, { recursive: true, force: true });
    }
  });
  fsyncFolder(eventsDir);
}

const TAGS = { steps: 'steps', evaluations: 'evaluation' } as const;

/** Writes every n-th row of a log. */
function writeLog(file: EventFile, task: ExportTask, log: keyof typeof TAGS, every: number): void {
  let before = 0;
  for (const { rows, names, column } of logRows(task, log)) {
    const steps = column('step') ?? [];
    const numbers = names.filter((name) => name !== 'step');
    const columns = numbers.map((name) => [`${TAGS[log]}/${name}`, column(name) ?? []] as const);
    for (let row = 0; row < rows; row++) {
      if ((before + row + 1) % every !== 0) continue;
      for (const [tag, values] of columns) {
        const value = values[row];
        if (typeof value === 'number') file.scalar(tag, Number(steps[row]), value);
      }
    }
    before += rows;
  }
}
