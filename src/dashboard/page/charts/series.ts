import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchSeries } from '../api.js';
import type { Curve } from '../protocol.js';
import { messageOf } from '../reply.js';
import type { Stroke } from '../colors.js';

/** A task whose curves are drawn. */
export interface DrawnTask {
  readonly id: string;
  readonly label: string;
  /** The label of the group whose mean includes the task; empty if curves are not grouped. */
  readonly group: string;
  readonly stroke: Stroke;
  /** Changes when its logs grow, and on reconnection. */
  readonly version: string;
}

export interface Zoom {
  readonly from: number;
  readonly to: number;
}

export interface SeriesQuery {
  readonly sweep: string;
  readonly metrics: readonly string[];
  readonly zoom: Zoom | null;
  readonly pixels: number;
  readonly isLog: boolean;
  /** Whether to fetch the mean of each pixel too, which smoothing needs. */
  readonly hasMeans: boolean;
}

export interface TaskCurves {
  readonly curves: readonly Curve[];
  /** Why the curves could not be fetched, or null. */
  readonly problem: string | null;
}

interface Known extends TaskCurves {
  readonly key: string;
}

/** Fetches the curves of tasks, and again when a task's logs grow or the window changes. Old curves are kept until new ones arrive. */
export function useSeries(tasks: readonly DrawnTask[], query: SeriesQuery): ReadonlyMap<string, TaskCurves> {
  const [known, setKnown] = useState<ReadonlyMap<string, Known>>(new Map());
  /** The key of the last request, by task. */
  const requested = useRef(new Map<string, string>());
  const window = JSON.stringify(query);
  const keyOf = ({ id, version }: DrawnTask): string => `${id} ${version} ${window}`;
  const keys = tasks.map(keyOf).join();
  useEffect(() => {
    const { sweep, metrics, zoom, pixels, isLog, hasMeans } = query;
    for (const task of tasks) {
      const key = keyOf(task);
      if (requested.current.get(task.id) === key) continue;
      requested.current.set(task.id, key);
      const range = { from: zoom?.from ?? 0, to: zoom?.to ?? null };
      const store = (found: TaskCurves): void => {
        if (requested.current.get(task.id) === key)
          setKnown((before) => new Map(before).set(task.id, { key, ...found }));
      };
      fetchSeries({ sweep, task: task.id, metrics, pixels, isLog, hasMeans, ...range }).then(
        ({ curves }) => {
          store({ curves, problem: null });
        },
        (error: unknown) => {
          if (requested.current.get(task.id) !== key) return;
          // Request it again with the next change.
          requested.current.delete(task.id);
          setKnown((before) => {
            const curves = before.get(task.id)?.curves ?? [];
            return new Map(before).set(task.id, { key: '', curves, problem: messageOf(error) });
          });
        },
      );
    }
  }, [keys]);
  return known;
}
