import { z } from 'zod';
import { experiments, type ExperimentName } from '../sweep/experiments.js';
import type { Task, TheoryTask, TrainingTask } from '../sweep/task.js';
import { theorySettingsSchema } from '../sweep/kinds/theory-settings.js';

const count = z.int().min(0);

const head = { id: z.string().regex(/^[0-9a-f]{16}$/), name: z.string() };

const trainingRecord: z.ZodType<TrainingTask> = z.object({
  ...head,
  settings: z.object({
    kind: z.literal('train'),
    experiment: z.enum(Object.keys(experiments) as ExperimentName[]),
    intrinsicDim: count,
    ambientDim: count,
    latentDim: count,
    seed: count,
    modelSeed: count,
    steps: count,
    batchSize: count,
    learningRate: z.number(),
    hiddenWidths: z.array(count),
    biases: z.boolean(),
    decoderNoise: z.boolean(),
    initialDecoderLogVariance: z.number(),
    decoderLogVarianceThreshold: z.number().nullable(),
    evaluateEverySteps: count,
    evaluationPoints: count,
    logEverySteps: count,
    engine: z.enum(['c', 'compiled', 'eager']),
    badOptimumExtraDims: z.int().min(1).exactOptional(),
  }),
  versions: z.object({ tensorflow: z.string(), numerics: count }),
});

const theoryRecord: z.ZodType<TheoryTask> = z.object({
  ...head,
  settings: theorySettingsSchema,
  versions: z.object({ theory: count }),
});

/** What `task.json` holds: the task that its folder is of. */
export const taskRecordSchema: z.ZodType<Task> = z.union([trainingRecord, theoryRecord]);
