import type { Task } from '../../task/task.js';

/** All keys in Redis begin with it. */
export const QUEUE_PREFIX = 'vae-sweep';
export const QUEUE_NAME = 'tasks';

const JOB_PREFIX = 'task-';

/** BullMQ takes neither a colon nor digits alone. */
export function jobIdOf({ id }: Pick<Task, 'id'>): string {
  return `${JOB_PREFIX}${id}`;
}

/** Null for a job that is no task. */
export function taskIdOf(jobId: string): string | null {
  return jobId.startsWith(JOB_PREFIX) ? jobId.slice(JOB_PREFIX.length) : null;
}
