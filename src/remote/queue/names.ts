import type { Task } from '../../task/task.js';

/** The prefix of all keys in Redis. */
export const QUEUE_PREFIX = 'vae-sweep';
export const QUEUE_NAME = 'tasks';

const JOB_PREFIX = 'task-';

/** Returns the BullMQ job id of a task. BullMQ accepts neither colons nor ids of only digits. */
export function jobIdOf({ id }: Pick<Task, 'id'>): string {
  return `${JOB_PREFIX}${id}`;
}

/** Returns the id of the job's task, or null if the job is not a task. */
export function taskIdOf(jobId: string): string | null {
  return jobId.startsWith(JOB_PREFIX) ? jobId.slice(JOB_PREFIX.length) : null;
}
