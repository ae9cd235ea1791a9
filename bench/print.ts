import Table from 'cli-table3';
import { formatBytes, formatCount } from '../src/units.js';
import type { Change } from './compare.js';
import type {
  DispatchResult,
  LoggingResult,
  MemoryResult,
  ModelsResult,
  PlanningResult,
  ProgramResult,
  QueueResult,
  RatioResult,
  ReportResult,
  Result,
  SearchResult,
  ServeResult,
  StartResult,
  ScalingResult,
} from './result.js';
import type { Spread } from './statistics.js';

const SPREAD = ['median', 'min', 'max'];

/** Formats the result as tables for a terminal. */
export function resultText(result: Result): string {
  const {
    training,
    models,
    scaling,
    logging,
    memory,
    start,
    report,
    serve,
    dispatch,
    queue,
    planning,
    search,
  } = result;
  return [
    machineTable(result),
    ...(training ? [programsTable('Training', 'shape', training.programs)] : []),
    ...(training && training.ratios.length > 0 ? [ratiosTable('shape', training.ratios)] : []),
    ...(models ? [programsTable('Other models', 'model', models.programs)] : []),
    ...(models && models.ratios.length > 0
      ? [ratiosTable('model', models.ratios), differencesTable(models)]
      : []),
    ...(scaling ? [scalingTable(scaling)] : []),
    ...(logging ? [loggingTable(logging)] : []),
    ...(memory ? [memoryTable(memory)] : []),
    ...(start ? [startTable(start)] : []),
    ...(report ? [reportTable(report)] : []),
    ...(serve ? [serveTable(serve)] : []),
    ...(dispatch ? [dispatchTable(dispatch)] : []),
    ...(queue ? [queueTable(queue), fleetTable(queue.fleet)] : []),
    ...(planning ? [planningTable(planning)] : []),
    ...(search ? [searchTable(search)] : []),
  ].join('\n\n');
}

export function changesText(changes: readonly Change[], then: string): string {
  const rows = changes.map(({ figure, before, now }) => {
    const percent = 100 * (now / before - 1);
    return [figure, significant(before), significant(now), `${percent < 0 ? '' : '+'}${percent.toFixed(1)}%`];
  });
  return table(`Change since ${then}`, ['median', 'then', 'now', 'change'], rows);
}

function machineTable({ machine, versions, training, models, date, rounds }: Result): string {
  const { cpu, cores, memoryBytes, system, loadBefore, pinnedCore } = machine;
  return table(
    'Machine and versions',
    [],
    [
      ['date, rounds', `${date}, ${rounds}`],
      ['machine', `${cpu}, ${cores} cores, ${formatBytes(memoryBytes)}, ${system}`],
      ['load before', loadBefore.map((load) => load.toFixed(2)).join(' ')],
      ['pinned to', pinnedCore === null ? 'no core (taskset is missing)' : `core ${pinnedCore}`],
      ...Object.entries({ ...versions, ...training?.jaxVersions, ...models?.versions }),
    ],
  );
}

function programsTable(title: string, of: string, programs: readonly ProgramResult[]): string {
  const rows = programs.map(({ shape, program, microsecondsPerStep, processorMicrosecondsPerStep }) => [
    ...[shape, program, ...spreadCells(microsecondsPerStep, significant)],
    significant(processorMicrosecondsPerStep.median),
  ]);
  return table(`${title}: microseconds per step`, [of, 'program', ...SPREAD, 'processor time'], rows);
}

function ratiosTable(of: string, ratios: readonly RatioResult[]): string {
  const rows = ratios.map(({ shape, program, against, ratio, processorRatio }) => [
    ...[shape, program, against, ...spreadCells(ratio, fixed)],
    fixed(processorRatio.median),
  ]);
  return table(
    'Time of one program over that of another, round by round',
    [of, 'program', 'over', ...SPREAD, 'processor time'],
    rows,
  );
}

function differencesTable({ differences }: ModelsResult): string {
  const rows = differences.map(({ shape, program, difference }) => [
    ...[shape, program, difference.toExponential(1)],
  ]);
  return table(
    'Largest relative difference of the losses to those of the C engine, from the same start',
    ['model', 'program', 'difference'],
    rows,
  );
}

function scalingTable(scaling: ScalingResult): string {
  const rows = scaling.map(({ shape, workers, stepsPerSecond, ratio, loopRatio, efficiency }) => [
    ...[shape, `${workers}`, formatCount(Math.round(stepsPerSecond.median)), fixed(ratio.median)],
    fixed(loopRatio.median),
    ...spreadCells(efficiency, fixed),
  ]);
  return table(
    'Scaling: steps per second, their ratio to one worker, that ratio of a loop of multiply-adds, and the ratio of the two',
    ['shape', 'workers', 'steps/s', 'ratio', 'loop', ...SPREAD.map((name) => `efficiency, ${name}`)],
    rows,
  );
}

function loggingTable(logging: LoggingResult): string {
  const rows = logging.flatMap(({ shape, steps, evaluationsShare, startShare, writingShare }) => [
    [shape, formatCount(steps), 'logs and checkpoints', ...spreadCells(writingShare, percent)],
    [shape, formatCount(steps), 'evaluations', ...spreadCells(evaluationsShare, percent)],
    [shape, formatCount(steps), 'first parameters', ...spreadCells(startShare, percent)],
  ]);
  return table('Share of training time', ['shape', 'steps', 'spent on', ...SPREAD], rows);
}

function memoryTable({ tasks, workers, peakBytes }: MemoryResult): string {
  return table(
    'Peak memory of a run',
    ['tasks', 'workers', 'peak'],
    [[tasks, `${workers}`, mebibytes(peakBytes)]],
  );
}

function startTable(start: StartResult): string {
  const rows = start.flatMap(({ shape, coldMs, warmMs }) =>
    (
      [
        ['empty program cache', coldMs],
        ['warm program cache', warmMs],
      ] as const
    ).map(([when, spread]) => [shape, when, ...spreadCells(spread, (ms) => formatCount(Math.round(ms)))]),
  );
  return table(
    'From the start of Node to the first checkpoint: milliseconds',
    ['shape', '', ...SPREAD],
    rows,
  );
}

function reportTable({ tasks, steps, elapsedMs, peakBytes }: ReportResult): string {
  return table(
    'Report: milliseconds, and peak memory',
    ['tasks', 'steps each', ...SPREAD, 'peak'],
    [
      [
        ...[formatCount(tasks), formatCount(steps)],
        ...spreadCells(elapsedMs, (ms) => formatCount(Math.round(ms))),
        mebibytes(peakBytes),
      ],
    ],
  );
}

function serveTable(result: ServeResult): string {
  const { tasks, steps, firstPageMs, updateMs, peakBytes, runRatio, processorShare } = result;
  const milliseconds = (ms: number): string => formatCount(Math.round(ms));
  return table(
    `Dashboard of ${formatCount(tasks)} tasks of ${formatCount(steps)} steps: peak memory ${mebibytes(peakBytes)}`,
    ['', ...SPREAD],
    [
      ['first page, milliseconds', ...spreadCells(firstPageMs, milliseconds)],
      ['update, milliseconds', ...spreadCells(updateMs, milliseconds)],
      ['run with dashboard over run without', ...spreadCells(runRatio, fixed)],
      ['share of one core during the run', ...spreadCells(processorShare, percent)],
    ],
  );
}

function dispatchTable(result: DispatchResult): string {
  const { tasks, taskMs, commitMs, firstTenthMs, lastTenthMs, finishedRunMs } = result;
  return table(
    `Sweep of ${formatCount(tasks)} tasks that train nothing, one worker: milliseconds`,
    ['per task', 'only commits', 'first tenth', 'last tenth', 'run without pending tasks'],
    [[taskMs, commitMs, firstTenthMs, lastTenthMs, finishedRunMs.median].map(significant)],
  );
}

function queueTable(result: QueueResult): string {
  const { tasks, workers, singleTaskMs, tasksPerSecond, firstTenthMs, lastTenthMs } = result;
  const { redisBytesPerTask, coordinatorBytes, putAgain } = result;
  return table(
    `${formatCount(tasks)} tasks that train nothing through a queue, ${workers} workers`,
    [],
    [
      ['one worker, milliseconds per task', significant(singleTaskMs)],
      ['tasks per second', significant(tasksPerSecond)],
      ['first tenth, milliseconds per task', significant(firstTenthMs)],
      ['last tenth, milliseconds per task', significant(lastTenthMs)],
      ['Redis memory per task, bytes', formatCount(Math.round(redisBytesPerTask))],
      ['peak memory of the coordinator', mebibytes(coordinatorBytes)],
      ['lost tasks that were queued again', formatCount(putAgain)],
    ],
  );
}

function fleetTable({ localStepsPerSecond, queuedStepsPerSecond, ratio }: QueueResult['fleet']): string {
  const count = ({ median }: Spread) => formatCount(Math.round(median));
  return table(
    'Two workers with one thread each over a run with two threads: steps per second, and their ratio round by round',
    ['two threads', 'two workers', ...SPREAD.map((name) => `ratio, ${name}`)],
    [[count(localStepsPerSecond), count(queuedStepsPerSecond), ...spreadCells(ratio, fixed)]],
  );
}

function planningTable(planning: PlanningResult): string {
  const rows = planning.map(({ command, elapsedMs }) => [
    command,
    ...spreadCells(elapsedMs, (ms) => formatCount(Math.round(ms))),
  ]);
  return table('Commands that train nothing: milliseconds', ['command', ...SPREAD], rows);
}

function searchTable({ evaluations, optunaVersion, comparisons }: SearchResult): string {
  const rows = comparisons.map(({ problem, method, regret: { mean, low, high } }) => [
    problem,
    method,
    ...[mean, low, high].map((value) => value.toPrecision(3)),
  ]);
  const optuna = optunaVersion === null ? '' : ` (Optuna ${optunaVersion})`;
  return table(
    `Search: best of ${evaluations} values minus the minimum, with 95% intervals of the mean${optuna}`,
    ['function', 'method', 'mean', 'from', 'to'],
    rows,
  );
}

/** Formats a table with right-aligned columns of numbers. */
function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = (text: string) => /^[+-]?[\d,.]+( ?(%|MiB))?$/.test(text);
  const grid = new Table({
    head: [...head],
    colAligns: (rows[0] ?? []).map((text) => (head.length > 0 && isNumber(text) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  grid.push(...rows.map((row) => [...row]));
  return `${title}\n${grid.toString()}`;
}

function spreadCells({ median, min, max }: Spread, format: (value: number) => string): string[] {
  return [median, min, max].map(format);
}

function significant(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function fixed(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

/** Formats bytes in binary units, like the limits on memory. */
function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
