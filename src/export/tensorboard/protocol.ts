import { z } from 'zod';

/** What the process that writes event files is told first. */
export const eventsRequestSchema = z.object({
  outDir: z.string(),
  /** Where the event files go, a folder a task. */
  eventsDir: z.string(),
  /** Folders of the sweep's tasks in the store. */
  names: z.array(z.string()).readonly(),
});

export type EventsRequest = z.infer<typeof eventsRequestSchema>;

/** What it is told next. It then writes what is done by then, and ends; as it does when its parent is gone. */
export const END = 'end';

/** What it says: of a task whose files can't be read, or of the folder of events that can't be written. */
export const eventsProblemSchema = z.object({ problem: z.string() });
