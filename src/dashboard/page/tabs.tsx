import { VIEWS, type View } from './address.js';

interface TabsProps {
  readonly view: View;
  readonly onView: (view: View) => void;
}

const TITLES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  table: 'Table',
  scatter: 'Scatter',
  parallel: 'Parallel',
  results: 'Results',
};

/** Switches between the views of a sweep. */
export function Tabs({ view, onView }: TabsProps) {
  return (
    <nav class="tabs segments" aria-label="Views">
      {VIEWS.map((name) => (
        <button
          key={name}
          type="button"
          aria-current={view === name ? 'page' : undefined}
          onClick={() => {
            onView(name);
          }}
        >
          {TITLES[name]}
        </button>
      ))}
    </nav>
  );
}
