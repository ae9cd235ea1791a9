import type { Schema } from 'apache-arrow';
import {
  evaluationColumns,
  sampleColumns,
  stepColumns,
} from '../../../src/experiments/vae/metrics/columns.js';
import { logSchema } from '../../../src/logs/schemas.js';
import type { TrainingTask } from '../../../src/experiments/vae/settings/task.js';

export const stepSchema = (task: TrainingTask): Schema => logSchema(task, stepColumns);

export const evaluationSchema = (task: TrainingTask): Schema =>
  logSchema(task, evaluationColumns(task.settings));

export const sampleSchema = (task: TrainingTask): Schema => logSchema(task, sampleColumns(task.settings));
