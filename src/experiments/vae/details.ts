import path from 'node:path';
import { readLog, valueAt } from '../../logs/read.js';
import { TASK_FILES } from '../../store/task-folder.js';
import type { ExperimentDetails, TrainingColumns } from '../../task/experiment.js';
import type { TrainingSettings } from './settings/task.js';
import { settingText } from '../../task/settings.js';
import { evaluationColumns, sampleColumns, stepColumns } from './metrics/columns.js';
import { shownMetrics } from './metrics/shown.js';

const known = new Map<string, TrainingColumns>();

/** The logs and the summary of a task that trains. The summary is its last evaluation. */
export const details: ExperimentDetails = {
  logs: (settings) => logsOf(settings as TrainingSettings),
  summary: (settings) =>
    logsOf(settings as TrainingSettings).evaluations.map((column) => ({ ...column, nullable: true })),
  readSummary: (folder) => {
    const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
    return (column) => valueAt(evaluations, column, evaluations.numRows - 1);
  },
  shown: (settings) => shownMetrics((settings as TrainingSettings).experiment),
  fields: (settings) => {
    const { experiment, intrinsicDim, ambientDim, latentDim, decoderLogVarianceThreshold } =
      settings as TrainingSettings;
    const randomStreams = settingText(settings, 'randomStreams');
    return { experiment, intrinsicDim, ambientDim, latentDim, decoderLogVarianceThreshold, randomStreams };
  },
};

/** Returns the log columns of a task. They depend on the number of coordinates and on the metrics of the random streams. */
export function logsOf(settings: TrainingSettings): TrainingColumns {
  const { ambientDim, randomStreams = null } = settings;
  const key = [ambientDim, randomStreams].join();
  const logs = known.get(key) ?? {
    steps: stepColumns,
    evaluations: evaluationColumns(settings),
    samples: sampleColumns(settings),
  };
  known.set(key, logs);
  return logs;
}
