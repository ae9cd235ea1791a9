import type { Column } from '../results.js';

interface ColumnChoiceProps {
  readonly columns: readonly Column[];
  readonly shown: readonly Column[];
  /** Called with the names of the columns to show. */
  readonly onChange: (names: string) => void;
}

/** Chooses the columns of the table. */
export function ColumnChoice({ columns, shown, onChange }: ColumnChoiceProps) {
  return (
    <details class="columns">
      <summary>{`${shown.length} of ${columns.length} columns`}</summary>
      <div role="group" aria-label="Columns" class="menu">
        <button
          type="button"
          onClick={() => {
            onChange('');
          }}
        >
          initial columns
        </button>
        {columns.map((column) => (
          <label key={column.name}>
            <input
              type="checkbox"
              checked={shown.includes(column)}
              onChange={() => {
                const isShown = shown.includes(column);
                const next = columns.filter((each) => (each === column ? !isShown : shown.includes(each)));
                onChange(next.map(({ name }) => name).join());
              }}
            />
            {column.title}
            {!column.isVarying && <span class="quiet"> (constant)</span>}
          </label>
        ))}
      </div>
    </details>
  );
}
