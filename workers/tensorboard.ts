import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import '../src/experiments/index.js';
import { followTasks } from '../src/export/tensorboard/follow.js';
import { END, eventsRequestSchema } from '../src/export/tensorboard/protocol.js';

/** Entry of the process that writes event files: TensorFlow, which does it, is not for the coordinator. */
setNativeEnvironment();
const ended = new AbortController();
// A terminal sends them to all its processes; the coordinator decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('disconnect', () => {
  ended.abort();
});
process.on('message', (message) => {
  if (message === END) ended.abort();
  else void follow(message);
});

async function follow(request: unknown): Promise<void> {
  try {
    await followTasks(eventsRequestSchema.parse(request), ended.signal, tell);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function tell(problem: string): void {
  if (process.connected) process.send?.({ problem });
}
