import '../src/experiments/index.js';
import { parseQueueUrl } from '../src/remote/queue/address.js';
import { QueueConnection } from '../src/remote/queue/connection.js';
import { TaskWorker, type TaskHandler } from '../src/remote/queue/task-worker.js';
import { QUEUE_TIMING } from '../src/remote/queue/timing.js';
import { stepsOf } from '../src/task/cost.js';
import { taskOf } from './shapes.js';

/** Workers that train nothing. The arguments are the URL of Redis and the number of workers. The process runs until it is killed. */
const [url = '', count = '1'] = process.argv.slice(2);

const handler: TaskHandler = {
  handle: async ({ task }) =>
    Promise.resolve({
      type: 'done',
      fromStep: 0,
      steps: stepsOf(task.settings),
      text: 'trained nothing',
      recovered: null,
    }),
  stepsOf: () => null,
  abandon: () => undefined,
};

const { versions } = taskOf('linear', 1, 0);
const print = (): void => undefined;
for (let number = 1; number <= Number(count); number++)
  new TaskWorker({
    connection: await QueueConnection.open(parseQueueUrl(url), QUEUE_TIMING, print),
    name: `simulated-${process.pid}-${number}`,
    versions,
    slots: 1,
    timing: QUEUE_TIMING,
    handler,
    print,
  });
