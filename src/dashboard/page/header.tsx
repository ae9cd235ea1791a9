import type { Connection } from './follow.js';
import type { SweepState } from './protocol.js';
import { THEMES, type useTheme } from './theme.js';

interface HeaderProps {
  readonly state: SweepState | null;
  readonly connection: Connection;
  readonly theme: ReturnType<typeof useTheme>;
  readonly onSweep: (name: string) => void;
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, reconnecting',
  refused: 'connection refused, retrying; if the server requires a token, open the URL that it printed',
};

export function Header({ state, connection, theme, onSweep }: HeaderProps) {
  return (
    <header>
      <div class="names">
        <h1>{state?.title ?? 'vae-sweep'}</h1>
        {state !== null && (
          <p class="quiet small break">
            {state.file} in {state.outDir}
          </p>
        )}
      </div>
      <div class="tools">
        {state !== null && state.sweeps.length > 1 && (
          <select
            aria-label="Sweep"
            value={state.name}
            onChange={(event) => {
              onSweep(event.currentTarget.value);
            }}
          >
            {state.sweeps.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        )}
        <span class="connection small" data-connection={connection} role="status">
          {CONNECTIONS[connection]}
        </span>
        <div role="group" aria-label="Color theme" class="segments">
          {THEMES.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={theme.theme === name}
              onClick={() => {
                theme.setTheme(name);
              }}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      {state !== null && (connection === 'lost' || connection === 'refused') && (
        <p class="banner small">
          The page shows what it received last, and continues by itself when the server responds again.
        </p>
      )}
    </header>
  );
}
