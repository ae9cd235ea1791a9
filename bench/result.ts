import { z } from 'zod';
import { spreadSchema } from './statistics.js';

/** What `--json` writes and `--compare` reads. A part that was not asked for is missing. */
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
      programs: z.array(
        z.object({
          shape: z.string(),
          /** `c`, `c fold-in`, `c released-code`, `xla`, `eager`, or a variant of the JAX program such as `jax stock`. */
          program: z.string(),
          microsecondsPerStep: spreadSchema,
          /** Of processor time, of all the process's threads. */
          processorMicrosecondsPerStep: spreadSchema,
        }),
      ),
      /** One program's time over another's, round by round. */
      ratios: z.array(
        z.object({
          shape: z.string(),
          program: z.string().default('c'),
          against: z.string(),
          ratio: spreadSchema,
          processorRatio: spreadSchema,
        }),
      ),
    })
    .optional(),
  workers: z
    .array(
      z.object({
        shape: z.string(),
        oneStepsPerSecond: spreadSchema,
        twoStepsPerSecond: spreadSchema,
        /** Two workers' throughput over one's, round by round. */
        ratio: spreadSchema,
        /** What that would be if each worker had a core of its own: from the processor time of a step. */
        processorRatio: spreadSchema,
      }),
    )
    .optional(),
  logging: z
    .array(
      z.object({
        shape: z.string(),
        steps: z.int(),
        trainingMs: spreadSchema,
        /** Of the training time, from 0 to 1. */
        evaluationsShare: spreadSchema,
        /** First parameters and the data's own: what is made once, before the first step. */
        startShare: spreadSchema,
        /** Logs, checkpoints and the files at the end: what is neither of these nor steps. */
        writingShare: spreadSchema,
      }),
    )
    .optional(),
  memory: z.object({ tasks: z.string(), workers: z.int(), peakBytes: z.int() }).optional(),
  start: z
    .array(
      z.object({
        shape: z.string(),
        /** To the first checkpoint, with nothing compiled before and with what an earlier run has compiled. */
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
      /** From the address to the first curves, in a browser. */
      firstPageMs: spreadSchema,
      /** From a batch's write to its event. */
      updateMs: spreadSchema,
      /** Peak of the server, after all of it was looked at. */
      peakBytes: z.int(),
      /** A run beside a dashboard that is followed, over one alone, pair by pair. */
      runRatio: spreadSchema,
      /** Of one core, by the server during such a run, from 0 to 1. */
      processorShare: spreadSchema,
    })
    .optional(),
  dispatch: z
    .object({
      tasks: z.int(),
      /** Milliseconds a task, all in all; of its commits alone; and in the first and the last tenth of the sweep. */
      taskMs: z.number(),
      commitMs: z.number(),
      firstTenthMs: z.number(),
      lastTenthMs: z.number(),
      /** Of a sweep that finds all tasks finished, without the start of Node and the table at the end. */
      finishedRunMs: spreadSchema,
    })
    .optional(),
  queue: z
    .object({
      tasks: z.int(),
      workers: z.int(),
      /** Milliseconds a task with one worker, which waits for the queue after each. */
      singleTaskMs: z.number(),
      /** With all workers, and milliseconds a task in the first and the last tenth of the tasks. */
      tasksPerSecond: z.number(),
      firstTenthMs: z.number(),
      lastTenthMs: z.number(),
      redisBytesPerTask: z.number(),
      /** Peak of the coordinator. */
      coordinatorBytes: z.number(),
      /** Tasks whose end the coordinator did not hear of, and put into the queue again. */
      putAgain: z.int(),
      /** Two workers of one thread each beside a run with two. */
      fleet: z.object({
        localStepsPerSecond: spreadSchema,
        queuedStepsPerSecond: spreadSchema,
        ratio: spreadSchema,
      }),
    })
    .optional(),
  planning: z.array(z.object({ command: z.string(), elapsedMs: spreadSchema })).optional(),
});

export type Result = z.infer<typeof resultSchema>;
export type TrainingResult = NonNullable<Result['training']>;
export type WorkersResult = NonNullable<Result['workers']>;
export type LoggingResult = NonNullable<Result['logging']>;
export type MemoryResult = NonNullable<Result['memory']>;
export type StartResult = NonNullable<Result['start']>;
export type ReportResult = NonNullable<Result['report']>;
export type ServeResult = NonNullable<Result['serve']>;
export type DispatchResult = NonNullable<Result['dispatch']>;
export type QueueResult = NonNullable<Result['queue']>;
export type PlanningResult = NonNullable<Result['planning']>;
