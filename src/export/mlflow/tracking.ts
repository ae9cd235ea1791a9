import { z } from 'zod';
import { TrackingError } from '../../errors.js';
import { RefusedError, type MlflowClient } from './client.js';

/** A run in MLflow. */
export interface TrackedRun {
  readonly id: string;
  readonly isFinished: boolean;
  readonly artifactUri: string;
  readonly tags: ReadonlyMap<string, string>;
}

export interface NewRun {
  readonly name: string;
  readonly startMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The scheme of artifacts that a server takes over HTTP. The host is empty, or that of the server, which may be another one. */
const ARTIFACTS = 'mlflow-artifacts:';

const experimentSchema = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }),
});
const runSchema = z
  .object({
    info: z.object({ run_id: z.string(), status: z.string(), artifact_uri: z.string() }),
    data: z.object({ tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]) }),
  })
  .transform(({ info, data }): TrackedRun => ({
    id: info.run_id,
    isFinished: info.status === 'FINISHED',
    artifactUri: info.artifact_uri,
    tags: new Map(data.tags.map(({ key, value }) => [key, value])),
  }));
const emptySchema = z.object({});

/**
 * The requests of an export. Each can be repeated without a second experiment or run: creations look first, because the answer to an
 * earlier attempt may be lost.
 */
export class Tracking {
  readonly #client: MlflowClient;

  constructor(client: MlflowClient) {
    this.#client = client;
  }

  /** Finds or creates the experiment. @returns its id @throws a TrackingError if it was deleted */
  async openExperiment(name: string): Promise<string> {
    const query = new URLSearchParams({ experiment_name: name }).toString();
    const find = { method: 'GET', path: `mlflow/experiments/get-by-name?${query}` } as const;
    return this.#client.repeat(async () => {
      try {
        const { experiment } = await this.#client.send(find, experimentSchema);
        if (experiment.lifecycle_stage === 'active') return experiment.experiment_id;
      } catch (error) {
        if (!(error instanceof RefusedError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
        return (await this.#post('experiments/create', { name }, z.object({ experiment_id: z.string() })))
          .experiment_id;
      }
      throw new TrackingError(
        `the experiment ${name} was deleted in MLflow: restore it there, or delete it for good with \`mlflow gc\``,
      );
    });
  }

  /** Returns the oldest run with this tag; null if there is none. */
  async findRun(experiment: string, tag: string, value: string): Promise<TrackedRun | null> {
    return this.#client.repeat(() => this.#find(experiment, tag, value));
  }

  /** Creates a run, unless there is one with the same value of `tag`, which identifies it. */
  async createRun(experiment: string, run: NewRun, tag: string): Promise<TrackedRun> {
    const { name, startMs, tags } = run;
    const body = { experiment_id: experiment, run_name: name, start_time: startMs, tags: toList(tags) };
    return this.#client.repeat(
      async () =>
        (await this.#find(experiment, tag, tags[tag] ?? '')) ??
        (await this.#post('runs/create', body, z.object({ run: runSchema }))).run,
    );
  }

  /** Logs parameters, of which a request may have 100. */
  async logParameters(run: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    await this.#client.repeat(() =>
      this.#post('runs/log-batch', { run_id: run, params: toList(parameters) }, emptySchema),
    );
  }

  /** @param metrics JSON of metrics; a request may have 1,000 entries, with its tags, and one megabyte */
  async logMetrics(
    run: string,
    metrics: readonly string[],
    tags: Readonly<Record<string, string>>,
  ): Promise<void> {
    const start = JSON.stringify({ run_id: run, tags: toList(tags) }).slice(0, -1);
    const body = `${start},"metrics":[${metrics.join(',')}]}`;
    await this.#client.repeat(() =>
      this.#client.send({ method: 'POST', path: 'mlflow/runs/log-batch', body }, emptySchema),
    );
  }

  async finishRun(run: string, endMs: number): Promise<void> {
    const body = { run_id: run, status: 'FINISHED', end_time: endMs };
    await this.#client.repeat(() => this.#post('runs/update', body, emptySchema));
  }

  /** Uploads a file, unless this server does not take the run's artifacts. @returns whether it was uploaded */
  async upload({ artifactUri }: TrackedRun, name: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (!URL.canParse(artifactUri)) return false;
    const { protocol, host, pathname } = new URL(artifactUri);
    if (protocol !== ARTIFACTS || !['', this.#client.host].includes(host)) return false;
    const path = `mlflow-artifacts/artifacts${pathname}/${encodeURIComponent(name)}`;
    await this.#client.repeat(() => this.#client.send({ method: 'PUT', path, body }, emptySchema));
    return true;
  }

  async #find(experiment: string, tag: string, value: string): Promise<TrackedRun | null> {
    const body = {
      experiment_ids: [experiment],
      filter: `tags.\`${tag}\` = '${value}'`,
      order_by: ['attributes.start_time ASC'],
      max_results: 1,
    };
    const answer = z.object({ runs: z.array(runSchema).default([]) });
    return (await this.#post('runs/search', body, answer)).runs[0] ?? null;
  }

  async #post<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    return this.#client.send({ method: 'POST', path: `mlflow/${path}`, body: JSON.stringify(body) }, schema);
  }
}

function toList(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
