import { z } from 'zod';

/** The first message to the process that writes event files. */
export const eventsRequestSchema = z.object({
  outDir: z.string(),
  /** The folder of the event files, with one folder per task. */
  eventsDir: z.string(),
  /** The names of the sweep's task folders in the store. */
  names: z.array(z.string()).readonly(),
});

/** A later message with the names of tasks that became known. */
export const moreTasksSchema = z.strictObject({ names: z.array(z.string()).readonly() });

export type EventsRequest = z.infer<typeof eventsRequestSchema>;
export type MoreTasks = z.infer<typeof moreTasksSchema>;

/** The last message. The process then writes the remaining done tasks and exits, as it does when its parent is gone. */
export const END = 'end';

/** A problem that the process reports: a task that can't be read, or the folder of events that can't be written. */
export const eventsProblemSchema = z.object({ problem: z.string() });
