import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import '../src/experiments/index.js';
import { followTasks } from '../src/export/tensorboard/follow.js';
import { END, eventsRequestSchema, moreTasksSchema } from '../src/export/tensorboard/protocol.js';

/**
 * Entry point of the process that writes TensorBoard event files, so that the coordinator never loads TensorFlow. It receives an
 * events request over the IPC channel, and then the names of tasks that become known later. It reports problems as `{ problem }`
 * messages, and ends on the message `END` or a disconnect.
 */
setNativeEnvironment();
const ended = new AbortController();
/** The names of tasks without an event file. */
const waiting = new Set<string>();
// A terminal sends these signals to every process of its group. Ignore them: only the coordinator decides when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('disconnect', () => {
  ended.abort();
});
process.on('message', (message) => {
  const more = moreTasksSchema.safeParse(message);
  if (message === END) ended.abort();
  else if (more.success) addTasks(more.data.names);
  else void follow(message);
});

async function follow(request: unknown): Promise<void> {
  try {
    const { names, ...target } = eventsRequestSchema.parse(request);
    addTasks(names);
    await followTasks(target, waiting, ended.signal, report);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function addTasks(names: readonly string[]): void {
  for (const name of names) waiting.add(name);
}

function report(problem: string): void {
  if (process.connected) process.send?.({ problem });
}
