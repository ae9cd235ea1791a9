import { z } from 'zod';
import { spreadSchema } from './statistics.js';

const programSchema = z.object({
  /** The shape of the paper's model, or the name of another model. */
  shape: z.string(),
  /** `c`, `c fold-in`, `c released-code`, `xla`, `eager`, or a peer with its variant, for example `jax stock`. */
  program: z.string(),
  microsecondsPerStep: spreadSchema,
  /** Processor time of all threads of the process. */
  processorMicrosecondsPerStep: spreadSchema,
});

/** Ratio of one program's time to another's, round by round. */
const ratioSchema = z.object({
  shape: z.string(),
  program: z.string().default('c'),
  against: z.string(),
  ratio: spreadSchema,
  processorRatio: spreadSchema,
});

/** Schema of the file that `--json` writes and `--compare` reads. Parts that were not measured are missing. */
export const resultSchema = z.object({
  date: z.iso.datetime(),
  rounds: z.int(),
  machine: z.object({
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: z.int(),
    system: z.string(),
    /** Mean runnable processes over the last 1, 5 and 15 minutes, before the benchmark. */
    loadBefore: z.array(z.number()),
    /** Core that the training part was pinned to. */
    pinnedCore: z.int().nullable(),
  }),
  versions: z.record(z.string(), z.string()),
  training: z
    .object({
      jaxVersions: z.record(z.string(), z.string()).nullable(),
      programs: z.array(programSchema),
      ratios: z.array(ratioSchema),
    })
    .optional(),
  models: z
    .object({
      /** Versions of the peers: JAX and PyTorch. */
      versions: z.record(z.string(), z.string()),
      programs: z.array(programSchema),
      ratios: z.array(ratioSchema),
      /** Largest relative difference between a peer's losses and those of the C engine, over the first steps. */
      differences: z.array(z.object({ shape: z.string(), program: z.string(), difference: z.number() })),
    })
    .optional(),
  scaling: z
    .array(
      z.object({
        shape: z.string(),
        workers: z.int(),
        stepsPerSecond: spreadSchema,
        /** Ratio of the throughput to that of one worker, round by round. */
        ratio: spreadSchema,
        /** The same ratio for a loop of multiply-adds. */
        loopRatio: spreadSchema,
        /** `ratio` over `loopRatio`. */
        efficiency: spreadSchema,
      }),
    )
    .optional(),
  logging: z
    .array(
      z.object({
        shape: z.string(),
        steps: z.int(),
        trainingMs: spreadSchema,
        /** Share of the training time, from 0 to 1. The same applies to the next two. */
        evaluationsShare: spreadSchema,
        /** Work before the first step: initial parameters, and parameters of the data. */
        startShare: spreadSchema,
        /** The rest outside of steps: logs, checkpoints, and the files at the end. */
        writingShare: spreadSchema,
      }),
    )
    .optional(),
  memory: z.object({ tasks: z.string(), workers: z.int(), peakBytes: z.int() }).optional(),
  start: z
    .array(
      z.object({
        shape: z.string(),
        /** Time to the first checkpoint with an empty program cache (cold), and with the programs of an earlier run (warm). */
        coldMs: spreadSchema,
        warmMs: spreadSchema,
      }),
    )
    .optional(),
  report: z
    .object({ tasks: z.int(), steps: z.int(), elapsedMs: spreadSchema, peakBytes: z.int() })
    .optional(),
  serve: z
    .object({
      tasks: z.int(),
      steps: z.int(),
      /** Time from the request to the first curves in a browser. */
      firstPageMs: spreadSchema,
      /** Time from the write of a record batch to its event. */
      updateMs: spreadSchema,
      /** Peak memory of the server after all pages were shown. */
      peakBytes: z.int(),
      /** Ratio of the time of a run next to a dashboard with a client to that of a run alone, pair by pair. */
      runRatio: spreadSchema,
      /** Share of one core that the server uses during such a run, from 0 to 1. */
      processorShare: spreadSchema,
    })
    .optional(),
  dispatch: z
    .object({
      tasks: z.int(),
      /** Milliseconds per task: in total, of its commits alone, and in the first and the last tenth of the sweep. */
      taskMs: z.number(),
      commitMs: z.number(),
      firstTenthMs: z.number(),
      lastTenthMs: z.number(),
      /** Time of a run without pending tasks, excluding the start of Node and the final table. */
      finishedRunMs: spreadSchema,
    })
    .optional(),
  queue: z
    .object({
      tasks: z.int(),
      workers: z.int(),
      /** Milliseconds per task with a single worker, which waits for the queue after each task. */
      singleTaskMs: z.number(),
      /** Throughput with all workers, and milliseconds per task in the first and the last tenth of the tasks. */
      tasksPerSecond: z.number(),
      firstTenthMs: z.number(),
      lastTenthMs: z.number(),
      redisBytesPerTask: z.number(),
      /** Peak memory of the coordinator. */
      coordinatorBytes: z.number(),
      /** Number of tasks that the coordinator queued again because their event was lost. */
      putAgain: z.int(),
      /** Comparison of two workers with one thread each to a run with two threads. */
      fleet: z.object({
        localStepsPerSecond: spreadSchema,
        queuedStepsPerSecond: spreadSchema,
        ratio: spreadSchema,
      }),
    })
    .optional(),
  planning: z.array(z.object({ command: z.string(), elapsedMs: spreadSchema })).optional(),
  search: z
    .object({
      /** Evaluations of a function in each repetition. */
      evaluations: z.int(),
      optunaVersion: z.string().nullable(),
      comparisons: z.array(
        z.object({
          problem: z.string(),
          method: z.string(),
          /** Best value found minus the minimum: the mean over repetitions and its 95% interval. */
          regret: z.object({
            mean: z.number(),
            low: z.number(),
            high: z.number(),
            samples: z.array(z.number()),
          }),
        }),
      ),
    })
    .optional(),
});

export type Result = z.infer<typeof resultSchema>;
export type TrainingResult = NonNullable<Result['training']>;
export type ModelsResult = NonNullable<Result['models']>;
export type ProgramResult = z.infer<typeof programSchema>;
export type RatioResult = z.infer<typeof ratioSchema>;
export type ScalingResult = NonNullable<Result['scaling']>;
export type LoggingResult = NonNullable<Result['logging']>;
export type MemoryResult = NonNullable<Result['memory']>;
export type StartResult = NonNullable<Result['start']>;
export type ReportResult = NonNullable<Result['report']>;
export type ServeResult = NonNullable<Result['serve']>;
export type DispatchResult = NonNullable<Result['dispatch']>;
export type QueueResult = NonNullable<Result['queue']>;
export type PlanningResult = NonNullable<Result['planning']>;
export type SearchResult = NonNullable<Result['search']>;
