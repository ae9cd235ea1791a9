import type { SeriesReply, TableView, TablesReply, TaskReply } from './protocol.js';

/** Requests to the server that the page came from. */
export interface SeriesRequest {
  readonly sweep: string;
  readonly task: string;
  readonly metrics: readonly string[];
  readonly from: number;
  readonly to: number | null;
  readonly pixels: number;
  readonly isLog: boolean;
}

export function fetchSeries(request: SeriesRequest): Promise<SeriesReply> {
  const { sweep, task, metrics, from, to, pixels, isLog } = request;
  return ask('series', {
    sweep,
    task,
    metrics: metrics.join(),
    pixels: String(pixels),
    log: isLog ? '1' : '0',
    ...(to !== null && { from: String(from), to: String(to) }),
  });
}

export function fetchTask(sweep: string, task: string): Promise<TaskReply> {
  return ask('task', { sweep, task });
}

export function fetchTables(sweep: string): Promise<TablesReply> {
  return ask('tables', { sweep });
}

export function fetchComparison(
  sweep: string,
  a: readonly string[],
  b: readonly string[],
): Promise<TableView> {
  return ask('compare', { sweep, a: a.join(), b: b.join() });
}

/** Address of a picture. */
export function pictureUrl(sweep: string, task: string, isDark: boolean): string {
  return `/api/picture?${new URLSearchParams({ sweep, task, dark: isDark ? '1' : '0' }).toString()}`;
}

/** Where a sweep's events come from; null for the server's first sweep. */
export function eventsUrl(sweep: string | null): string {
  return sweep === null ? '/api/events' : `/api/events?${new URLSearchParams({ sweep }).toString()}`;
}

/** The server is this page's own, of the same version: what it answers is of the protocol's types. */
async function ask<T>(path: string, query: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`/api/${path}?${new URLSearchParams(query).toString()}`);
  const body: unknown = await response.json();
  if (response.ok) return body as T;
  const { error } = body as { readonly error?: string };
  throw new Error(error ?? `the server answers ${response.status}`);
}
