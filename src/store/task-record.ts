import { z } from 'zod';
import { experiments, type ExperimentName } from '../sweep/experiments.js';
import type { Task } from '../sweep/task.js';

const count = z.int().min(0);

/** What `task.json` holds: the task that its folder is of. */
export const taskRecordSchema: z.ZodType<Task> = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string(),
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
  }),
  versions: z.object({ tensorflow: z.string(), numerics: count }),
});
