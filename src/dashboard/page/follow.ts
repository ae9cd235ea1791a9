import { useEffect, useState } from 'preact/hooks';
import { eventsUrl } from './api.js';
import type { PartView, SweepChange, SweepState, TaskView } from './protocol.js';

/** `lost`: the server does not respond. `refused`: it responds with an error, for example without its token. Both are retried. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

const RETRY_MS = 2_000;

interface Followed {
  readonly state: SweepState | null;
  readonly connection: Connection;
  /** The number of reconnections. Requests during an outage failed, so they are repeated when it changes. */
  readonly epoch: number;
}

/** Follows the state of a sweep through the server's events. */
export function useSweep(name: string | null): Followed {
  const [state, setState] = useState<SweepState | null>(null);
  const [connection, setConnection] = useState<Connection>('connecting');
  const [epoch, setEpoch] = useState(0);
  useEffect(() => {
    let source: EventSource;
    let isLost = false;
    let timer: number | undefined;
    const connect = (): void => {
      source = new EventSource(eventsUrl(name));
      source.addEventListener('state', (event: MessageEvent<string>) => {
        setConnection('live');
        if (isLost) setEpoch((before) => before + 1);
        isLost = false;
        setState(JSON.parse(event.data) as SweepState);
      });
      source.addEventListener('change', (event: MessageEvent<string>) => {
        const change = JSON.parse(event.data) as SweepChange;
        setState((before) => before && changed(before, change));
      });
      source.addEventListener('error', () => {
        isLost = true;
        // Browsers retry when a server does not respond, but give up when it responds with an error.
        const isRefused = source.readyState === EventSource.CLOSED;
        setConnection(isRefused ? 'refused' : 'lost');
        if (isRefused) timer = window.setTimeout(connect, RETRY_MS);
      });
    };
    connect();
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [name]);
  return { state, connection, epoch };
}

function changed(state: SweepState, { known, tasks, progress }: SweepChange): SweepState {
  if (tasks.length === 0 && known === null) return { ...state, progress };
  const before = new Map<string, TaskView>(state.tasks.map((task) => [task.id, task]));
  const byId = new Map<string, TaskView>([...before, ...tasks.map((task) => [task.id, task] as const)]);
  const ids = known === null ? before.keys() : new Set(known.parts.flatMap(idsOf));
  return { ...state, ...known, progress, tasks: [...ids].flatMap((id) => byId.get(id) ?? []) };
}

function idsOf({ rows }: PartView): string[] {
  return rows.flatMap((row) => row.tasks.flatMap((task) => task?.id ?? []));
}
