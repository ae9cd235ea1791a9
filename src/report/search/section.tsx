import type { LogColumn } from '../../task/column.js';
import type { ReportSection } from '../contribution.js';
import type { Figure } from '../figures/figure.js';
import { Figures, Titled, type PageFigure } from '../page/parts.js';
import type { PartRuns } from '../runs.js';
import type { Table } from '../tables/table.js';
import { bestTable } from './best-table.js';
import type { Comparison } from './compared.js';
import { importanceTable } from './importance-table.js';
import { parallelCoordinates } from './parallel-coordinates.js';
import { searchedSettings, type SearchedSetting } from './searched-settings.js';
import { slices } from './slices.js';
import { stagesTable } from './stages-table.js';

/** The figures of a search, in the order of the page. */
const FIGURES: readonly ((
  comparison: Comparison,
  settings: readonly SearchedSetting[],
  column: LogColumn,
) => Figure)[] = [parallelCoordinates, slices];

/** Returns the section that compares settings: the best ones, the stages of a search, and the importance of each setting. */
export function searchSection(
  comparisons: readonly Comparison[],
  parts: readonly PartRuns[],
): ReportSection[] {
  if (comparisons.length === 0) return [];
  const shown = comparisons.map((comparison) => {
    const settings = searchedSettings(comparison);
    const tables = [
      bestTable(comparison),
      comparison.search === null ? null : stagesTable(comparison.search),
      importanceTable(comparison, settings),
    ];
    return {
      comparison,
      settings,
      tables: tables.filter((table) => table !== null).filter(({ body }) => body.length > 0),
    };
  });
  return [
    {
      id: 'search',
      title: 'Search',
      isFirst: true,
      tables: shown.flatMap(({ tables }) => tables),
      lines: [],
      render: async (draw) => {
        const drawn: { tables: readonly Table[]; figures: readonly PageFigure[] }[] = [];
        for (const { comparison, settings, tables } of shown)
          drawn.push({ tables, figures: await draw(figuresOf(comparison, settings, parts)) });
        return (
          <>
            {drawn.map(({ tables, figures }) => (
              <>
                {tables.map((table) => (
                  <Titled key={table.name} table={table} />
                ))}
                <Figures figures={figures} />
              </>
            ))}
          </>
        );
      },
    },
  ];
}

function figuresOf(
  comparison: Comparison,
  settings: readonly SearchedSetting[],
  parts: readonly PartRuns[],
): Figure[] {
  const own = parts.find(({ part }) => part.name === comparison.part.name);
  const [first] = comparison.points;
  const column =
    first && own?.details.summary(first.task.settings).find(({ name }) => name === comparison.metric);
  if (column === undefined || settings.length === 0) return [];
  return FIGURES.map((draw) => draw(comparison, settings, column));
}
