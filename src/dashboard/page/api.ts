import type { ResultsReply, SeriesReply, TableView, TablesReply, TaskReply } from './protocol.js';

/** A request for curves to the server that the page came from. */
export interface SeriesRequest {
  readonly sweep: string;
  readonly task: string;
  readonly metrics: readonly string[];
  readonly from: number;
  readonly to: number | null;
  readonly pixels: number;
  readonly isLog: boolean;
  /** Whether to add the mean of each pixel. */
  readonly hasMeans: boolean;
}

export function fetchSeries(query: SeriesRequest): Promise<SeriesReply> {
  const { sweep, task, metrics, from, to, pixels, isLog, hasMeans } = query;
  return request('series', {
    sweep,
    task,
    metrics: metrics.join(),
    pixels: String(pixels),
    log: isLog ? '1' : '0',
    means: hasMeans ? '1' : '0',
    ...(to !== null && { from: String(from), to: String(to) }),
  });
}

export function fetchTask(sweep: string, task: string): Promise<TaskReply> {
  return request('task', { sweep, task });
}

export function fetchTables(sweep: string): Promise<TablesReply> {
  return request('tables', { sweep });
}

export function fetchResults(sweep: string): Promise<ResultsReply> {
  return request('results', { sweep });
}

export function fetchComparison(
  sweep: string,
  a: readonly string[],
  b: readonly string[],
): Promise<TableView> {
  return request('compare', { sweep, a: a.join(), b: b.join() });
}

/** Returns the URL of a picture. */
export function pictureUrl(sweep: string, task: string, isDark: boolean): string {
  return `/api/picture?${new URLSearchParams({ sweep, task, dark: isDark ? '1' : '0' }).toString()}`;
}

/** Returns the URL of a sweep's events; null stands for the server's first sweep. */
export function eventsUrl(sweep: string | null): string {
  return sweep === null ? '/api/events' : `/api/events?${new URLSearchParams({ sweep }).toString()}`;
}

/** Sends a request. The server has the same version as this page, so its replies need no validation. */
async function request<T>(path: string, query: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`/api/${path}?${new URLSearchParams(query).toString()}`);
  const body: unknown = await response.json();
  if (response.ok) return body as T;
  const { error } = body as { readonly error?: string };
  throw new Error(error ?? `the server responded with status ${response.status}`);
}
