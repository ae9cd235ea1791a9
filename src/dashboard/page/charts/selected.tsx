import type { DrawnTask } from './series.js';
import type { Stroke } from '../colors.js';

interface SelectedProps {
  readonly drawn: readonly DrawnTask[];
  readonly hasMeans: boolean;
  readonly onRemove: (id: string) => void;
}

/** Shows the legend of the curves. */
export function Selected({ drawn, hasMeans, onRemove }: SelectedProps) {
  if (hasMeans) {
    const groups = new Map(drawn.map(({ group, stroke }) => [group, stroke]));
    return (
      <ul class="selected" aria-label="Groups of the means">
        {[...groups].map(([group, stroke]) => (
          <li key={group} class="group">
            <Swatch stroke={stroke} />
            {group}
            <span class="quiet">{`mean of ${drawn.filter((task) => task.group === group).length}, band from min to max`}</span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul class="selected" aria-label="Selected tasks">
      {drawn.map(({ id, label, stroke }) => (
        <li key={id}>
          <Swatch stroke={stroke} />
          {label}
          <button
            type="button"
            aria-label={`Remove ${label}`}
            onClick={() => {
              onRemove(id);
            }}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function Swatch({ stroke }: { readonly stroke: Stroke }) {
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="22"
        y2="4"
        stroke={stroke.color}
        stroke-width="2.5"
        stroke-dasharray={stroke.dash.join(' ')}
      />
    </svg>
  );
}
