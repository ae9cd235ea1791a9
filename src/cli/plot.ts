import path from 'node:path';
import type { CommandModule } from 'yargs';
import { EXIT, InputError } from '../errors.js';
import type { FigureDefinition } from '../report/figures/figure.js';
import { sweepFolder } from '../store/sweep-folder.js';
import type { Sweep } from '../sweep/load.js';
import { requirePackages } from '../input/optional-packages.js';
import { unknownName } from '../input/problems.js';
import { loadDetails } from '../task/registry.js';
import { loadSweepOf, repeatable, withSweepOptions, type SweepArguments } from './options.js';

interface PlotArguments extends SweepArguments {
  readonly figure: readonly string[];
  readonly metric: readonly string[];
  readonly seed: number | undefined;
  readonly log: boolean;
  readonly to: string | undefined;
}

export const plotCommand: CommandModule<object, PlotArguments> = {
  command: 'plot <file>',
  describe: 'Draw figures, or metrics against the step, as SVG and PNG',
  builder: (yargs) =>
    withSweepOptions(yargs)
      .option('figure', { ...repeatable, describe: 'Draw only this figure, e.g. figure-1a. Default: all' })
      .option('metric', {
        ...repeatable,
        describe: 'Draw this metric of the evaluation log, e.g. loss; several make one figure',
      })
      .option('log', { type: 'boolean', default: false, describe: 'Draw --metric on a logarithmic axis' })
      .option('seed', {
        type: 'number',
        requiresArg: true,
        describe: 'Task that histograms and scatter plots show. Default: the first',
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe: "Folder for the pictures. Default: figures/ in the sweep's folder",
      })
      .example('$0 plot sweeps/table3-sphere.yaml --metric kl', 'one metric of every task'),
  handler: plot,
};

async function plot(argv: PlotArguments): Promise<void> {
  if (argv.log && argv.metric.length === 0)
    throw new InputError('--log has no effect without --metric: pass a metric, for example --metric loss');
  requirePackages('figures', 'plot');
  const sweep = await loadSweepOf(argv);
  const definitions = await chosen(argv, sweep);
  const { readRuns } = await import('../report/runs.js');
  const { drawFigures } = await import('../report/figures/make.js');
  const { writeFigures } = await import('../report/figures/write.js');
  const { figures, notes } = drawFigures(definitions, await readRuns(sweep, argv.out), { seed: argv.seed });
  const folder = argv.to ?? path.join(sweepFolder(argv.out, sweep.name), 'figures');
  const files = await writeFigures(figures, folder);
  process.stdout.write(files.map((file) => `${file}\n`).join(''));
  process.stderr.write(notes.map((note) => `Left out: ${note}\n`).join(''));
  if (figures.length === 0) process.exitCode = EXIT.failure;
}

/** The figures chosen by name, then those of metrics; all figures without a choice. */
async function chosen({ figure, metric, log }: PlotArguments, sweep: Sweep): Promise<FigureDefinition[]> {
  const { loadContributions } = await import('../report/contribution.js');
  const { figuresOf, knownMetrics, metricCurves } = await import('../report/figures/registry.js');
  const { toParts } = await import('../report/runs.js');
  const parts = toParts(sweep, new Map(), await loadDetails(sweep.tasks));
  const all = figuresOf(parts, await loadContributions());
  if (figure.length === 0 && metric.length === 0) return all;
  refuseUnknown('figure', figure, all);
  refuseUnknown('metric', metric, knownMetrics(parts));
  const named = all.filter(({ name }) => figure.includes(name));
  const metrics = [...new Set(metric)];
  return metrics.length === 0
    ? named
    : [...named, ...parts.flatMap((part) => metricCurves(part, metrics, log))];
}

function refuseUnknown(
  kind: 'figure' | 'metric',
  names: readonly string[],
  all: readonly { readonly name: string }[],
): void {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InputError(`--${kind} ${unknown}: ${unknownName(unknown, known, kind)}`);
}
