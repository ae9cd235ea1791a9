import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { assertNoSymlinks, taskFolder } from '../store/task-folder.js';
import type { ResultsReply, SeriesReply, TableView, TablesReply, TaskReply } from './page/protocol.js';
import { pictureSvg } from './picture.js';
import type { Presentation } from './presentation.js';
import { Results } from './results.js';
import { taskDetail } from './task-detail.js';
import { TaskLogs } from './task-logs.js';
import type { SweepWatch } from './watch.js';

/** The maximum width of a chart. Each pixel has at most two points. */
const MAX_PIXELS = 4_096;
const MAX_METRICS = 16;
/** The maximum number of tasks in a group. */
const MAX_TASKS = 256;
const MAX_STEPS = 1e9;

const taskId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, { error: 'expected the id of a task, 16 hexadecimal digits' });
const metricName = z.string().regex(/^[a-zA-Z]\w{0,63}$/, { error: 'expected names of metrics' });
const flag = z.enum(['0', '1']).transform((value) => value === '1');

const sweepQuery = z.object({ sweep: z.string().max(64) });
const taskQuery = sweepQuery.extend({ task: taskId });
const seriesQuery = taskQuery.extend({
  metrics: listOf(metricName, MAX_METRICS),
  from: z.coerce.number().min(0).max(MAX_STEPS).default(0),
  to: z.coerce.number().min(0).max(MAX_STEPS).default(MAX_STEPS),
  pixels: z.coerce.number().int().min(1).max(MAX_PIXELS).default(800),
  log: flag.default(false),
  means: flag.default(false),
});
const pictureQuery = taskQuery.extend({ dark: flag.default(false) });
const compareQuery = sweepQuery.extend({ a: listOf(taskId, MAX_TASKS), b: listOf(taskId, MAX_TASKS) });

export interface ServedSweep {
  readonly watch: SweepWatch;
  readonly presentation: Presentation;
  readonly results: Results;
}

export function findSweep(sweeps: ReadonlyMap<string, ServedSweep>, name: string): ServedSweep {
  const found = sweeps.get(name);
  if (found === undefined) throw new InputError('unknown sweep: this server does not show it');
  return found;
}

/** Serves the data for the page. Requests name sweeps and tasks that this server shows, and never contain paths. */
export function serveApi(server: FastifyInstance, sweeps: ReadonlyMap<string, ServedSweep>): void {
  const logs = new TaskLogs();
  const find = ({ sweep }: { readonly sweep: string }): ServedSweep => findSweep(sweeps, sweep);
  const findTask = (query: { readonly sweep: string; readonly task: string }) => {
    const served = find(query);
    const task = served.watch.sweep.tasks.find(({ id }) => id === query.task);
    if (task === undefined) throw new InputError('unknown task: the sweep does not have it');
    assertNoSymlinks(taskFolder(served.watch.outDir, task));
    return { ...served, task };
  };

  server.get('/api/series', ({ query }): SeriesReply => {
    const { metrics, from, to, pixels, log, means, ...rest } = parse(seriesQuery, query);
    const { watch, presentation, task } = findTask(rest);
    const window = { fromStep: from, toStep: to, pixels, isLog: log, hasMeans: means };
    return {
      id: task.id,
      curves: logs.curves(taskFolder(watch.outDir, task), metrics, window, presentation.logarithms),
    };
  });

  server.get('/api/task', async ({ query }): Promise<TaskReply> => {
    const { watch, task } = findTask(parse(taskQuery, query));
    return taskDetail(watch, logs, task);
  });

  server.get('/api/picture', async ({ query }, reply) => {
    const { dark, ...rest } = parse(pictureQuery, query);
    const { results, task } = findTask(rest);
    const run = await results.run(task);
    const svg = run === null ? null : await pictureSvg(run, dark);
    if (svg === null)
      throw new InputError('the task has no picture: pictures are drawn from the results of finished tasks');
    return reply.type('image/svg+xml').send(svg);
  });

  server.get('/api/tables', async ({ query }): Promise<TablesReply> => {
    const { results } = find(parse(sweepQuery, query));
    return { tables: await results.tables() };
  });

  server.get('/api/results', async ({ query }): Promise<ResultsReply> => {
    const { results } = find(parse(sweepQuery, query));
    return results.columns();
  });

  server.get('/api/compare', async ({ query }): Promise<TableView> => {
    const { a, b, ...rest } = parse(compareQuery, query);
    return find(rest).results.compare(new Set(a), new Set(b));
  });
}

export function parse<T>(schema: z.ZodType<T>, query: unknown): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(`${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'invalid'}`);
}

/** Returns the schema of a comma-separated list, for example `a,b,c`. */
function listOf(item: z.ZodType<string, string>, maxItems: number) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item).max(maxItems, { error: `expected at most ${maxItems}` }));
}
