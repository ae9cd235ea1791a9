import { withOptions, type Address, type Navigate } from '../address.js';
import { formatCount } from '../format.js';
import type { Column, Results } from '../results.js';
import { formatFilters, newFilter, toNumber, type Filter } from './filter.js';

interface FilterBarProps {
  readonly results: Results;
  readonly filters: readonly Filter[];
  readonly address: Address;
  readonly navigate: Navigate;
  readonly matches: number;
  readonly tasks: number;
}

/** Filters the tasks of all views by a search and by the values of columns. */
export function FilterBar({ results, filters, address, navigate, matches, tasks }: FilterBarProps) {
  const { options } = address;
  const set = (next: readonly Filter[]): void => {
    navigate({ options: withOptions(options, { filter: formatFilters(next) }) });
  };
  const others = results.columns.filter(
    ({ name, isVarying }) => isVarying && !filters.some(({ column }) => column === name),
  );
  const isFiltered = filters.length > 0 || (options['search'] ?? '') !== '';
  return (
    <section class="filters" aria-label="Filters">
      <div class="choices">
        <input
          type="search"
          aria-label="Search tasks"
          placeholder="Search tasks"
          value={options['search'] ?? ''}
          onInput={(event) => {
            navigate({ options: withOptions(options, { search: event.currentTarget.value }) }, 'replace');
          }}
        />
        <select
          aria-label="Add a filter"
          value=""
          onChange={(event) => {
            const column = results.byName.get(event.currentTarget.value);
            if (column !== undefined) set([...filters, newFilter(column)]);
            event.currentTarget.value = '';
          }}
        >
          <option value="">Add a filter …</option>
          {others.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        {isFiltered && (
          <>
            <span class="small" role="status">
              {`${formatCount(matches)} of ${formatCount(tasks)} tasks match`}
            </span>
            <button
              type="button"
              onClick={() => {
                navigate({ options: withOptions(options, { search: '', filter: '' }) });
              }}
            >
              clear filters
            </button>
          </>
        )}
      </div>
      {filters.map((filter) => {
        const column = results.byName.get(filter.column);
        return column === undefined ? null : (
          <FilterRow
            key={filter.column}
            filter={filter}
            column={column}
            onChange={(next) => {
              set(filters.flatMap((each) => (each === filter ? (next ?? []) : each)));
            }}
          />
        );
      })}
    </section>
  );
}

interface FilterRowProps {
  readonly filter: Filter;
  readonly column: Column;
  /** Called with the changed filter, or with null to remove it. */
  readonly onChange: (filter: Filter | null) => void;
}

function FilterRow({ filter, column, onChange }: FilterRowProps) {
  const { texts, min, max } = filter;
  return (
    <div class="filter" role="group" aria-label={`Filter by ${column.title}`}>
      <span class="small">{column.title}</span>
      {texts === null ? (
        <>
          <Bound
            label={`Min of ${column.title}`}
            value={min}
            onChange={(value) => {
              onChange({ ...filter, min: value });
            }}
          />
          <span class="small">to</span>
          <Bound
            label={`Max of ${column.title}`}
            value={max}
            onChange={(value) => {
              onChange({ ...filter, max: value });
            }}
          />
        </>
      ) : (
        <div class="values">
          {column.texts?.map((text) => (
            <button
              key={text}
              type="button"
              aria-pressed={texts.includes(text)}
              onClick={() => {
                const next = texts.includes(text) ? texts.filter((each) => each !== text) : [...texts, text];
                onChange({ ...filter, texts: next });
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      <button
        type="button"
        aria-label={`Remove the filter by ${column.title}`}
        onClick={() => {
          onChange(null);
        }}
      >
        ×
      </button>
    </div>
  );
}

interface BoundProps {
  readonly label: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

function Bound({ label, value, onChange }: BoundProps) {
  return (
    <input
      class="bound"
      inputMode="decimal"
      aria-label={label}
      placeholder={label.startsWith('Min') ? 'min' : 'max'}
      value={value ?? ''}
      onChange={(event) => {
        onChange(toNumber(event.currentTarget.value));
      }}
    />
  );
}
