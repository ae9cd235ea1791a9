import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { points } from '../points.js';
import type { ExportTask } from '../table.js';
import { EventFile } from './event-file.js';
import { fsyncFolder, wrapStoreErrors, makeFolder, TEMPORARY_SUFFIX } from '../../store/files.js';
import type { Task } from '../../task/task.js';

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
      for (const log of ['steps', 'evaluations'] as const)
        for (const { name, step, value } of points(found, log)) file.scalar(name, step, value);
      file.close();
      renameSync(temporary, run);
    } finally {
      rmSync(temporaryDir, { recursive: true, force: true });
    }
  });
  fsyncFolder(eventsDir);
}
