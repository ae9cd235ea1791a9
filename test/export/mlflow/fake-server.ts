import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Entry {
  readonly key: string;
  readonly value: string;
}

interface Body {
  readonly name?: string;
  readonly run_name?: string;
  readonly run_id?: string;
  readonly status?: string;
  readonly filter?: string;
  readonly tags?: readonly Entry[];
  readonly params?: readonly Entry[];
  readonly metrics?: readonly unknown[];
}

interface FakeRun {
  readonly name: string;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: Set<string>;
  readonly files: Map<string, string>;
  status: string;
}

/** What happens to a request: it fails before it has an effect, or its answer is lost, at once or by never coming. */
export type Fault = 'status 500' | 'lost answer' | 'no answer';

/** The part of MLflow's REST API that an export uses, in memory, with faults. It enforces MLflow's limits, and ignores repeated metrics. */
export class FakeMlflow {
  readonly #server: Server;
  readonly experiments: string[] = [];
  readonly runs: FakeRun[] = [];
  /** The address below which runs have their artifacts. */
  artifactRoot = 'mlflow-artifacts:';
  /** The number of requests so far. */
  requests = 0;
  /** The number of metrics that were sent again. */
  repeatedMetrics = 0;
  /** Returns what happens to the n-th request, the first is 1. */
  fault: (request: number) => Fault | null = () => null;
  /** Answers a request instead of the API if it is set. */
  override: { readonly status: number; readonly text: string } | null = null;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        response.writeHead(400).end(JSON.stringify({ error_code: 'BAD_REQUEST', message: String(error) }));
      });
    });
  }

  async start(): Promise<URL> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Everything that was sent, independent of ids. */
  contents(): unknown {
    return {
      experiments: this.experiments,
      runs: this.runs.map(({ name, status, tags, params, metrics, files }) => ({
        ...{ name, status, tags: [...tags], params: [...params] },
        ...{ metrics: [...metrics], files: [...files] },
      })),
    };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const fault = this.fault(this.requests);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (this.override !== null) response.writeHead(this.override.status).end(this.override.text);
    else if (fault === 'status 500') response.writeHead(500).end('<html>');
    else {
      const { status, answer } = this.#answer(request.url ?? '', bytes);
      if (fault === 'lost answer') request.socket.destroy();
      else if (fault === null) response.writeHead(status).end(JSON.stringify(answer));
    }
  }

  #answer(url: string, bytes: Buffer): { status: number; answer: unknown } {
    const ok = (answer: unknown) => ({ status: 200, answer });
    const { pathname, searchParams } = new URL(url, 'http://host');
    const [, area = '', ...rest] = /^\/api\/2\.0\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const path = rest.join('/');
    if (area === 'mlflow-artifacts') {
      const [, index = '', file = ''] = /^artifacts\/1\/(\d+)\/artifacts\/(.+)$/.exec(path) ?? [];
      this.#run(index).files.set(file, bytes.toString('base64'));
      return ok({});
    }
    const body = (bytes.length === 0 ? {} : JSON.parse(bytes.toString())) as Body;
    switch (path) {
      case 'experiments/get-by-name':
        return this.experiments.includes(searchParams.get('experiment_name') ?? '')
          ? ok({ experiment: { experiment_id: '1', lifecycle_stage: 'active' } })
          : { status: 404, answer: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such experiment' } };
      case 'experiments/create':
        this.experiments.push(body.name ?? '');
        return ok({ experiment_id: '1' });
      case 'runs/search': {
        const [, key = '', value] = /^tags\.`(.+)` = '(.+)'$/.exec(body.filter ?? '') ?? [];
        const index = this.runs.findIndex(({ tags }) => tags.get(key) === value);
        return ok(index < 0 ? {} : { runs: [this.#describe(index)] });
      }
      case 'runs/create':
        this.runs.push({
          name: body.run_name ?? '',
          status: 'RUNNING',
          tags: new Map(body.tags?.map(({ key, value }) => [key, value])),
          ...{ params: new Map(), metrics: new Set(), files: new Map() },
        });
        return ok({ run: this.#describe(this.runs.length - 1) });
      case 'runs/log-batch':
        this.#log(this.#run(body.run_id), body, bytes.length);
        return ok({});
      case 'runs/update':
        this.#run(body.run_id).status = body.status ?? '';
        return ok({});
      default:
        throw new Error(`unknown path ${pathname}`);
    }
  }

  #log(run: FakeRun, { params = [], metrics = [], tags = [] }: Body, bytes: number): void {
    const entries = params.length + metrics.length + tags.length;
    if (params.length > 100 || tags.length > 100 || entries > 1_000 || bytes > 1_000_000)
      throw new Error('too large');
    for (const { key, value } of params) run.params.set(key, value);
    for (const { key, value } of tags) run.tags.set(key, value);
    const before = run.metrics.size;
    for (const metric of metrics) run.metrics.add(JSON.stringify(metric));
    this.repeatedMetrics += metrics.length - (run.metrics.size - before);
  }

  #run(id: string | undefined): FakeRun {
    const run = this.runs[Number(id)];
    if (run === undefined) throw new Error(`no run ${String(id)}`);
    return run;
  }

  #describe(index: number): unknown {
    const { status, tags } = this.#run(String(index));
    return {
      info: { run_id: String(index), status, artifact_uri: `${this.artifactRoot}/1/${index}/artifacts` },
      data: { tags: [...tags].map(([key, value]) => ({ key, value })) },
    };
  }
}
