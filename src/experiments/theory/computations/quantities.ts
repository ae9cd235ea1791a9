import { badOptimumColumns, badOptimumMeasures, badOptimumOutcomes } from './bad-optimum-quantities.js';
import { converseColumns, converseMeasures, converseOutcomes } from './converse-quantities.js';
import {
  gradientFlowColumns,
  gradientFlowMeasures,
  gradientFlowOutcomes,
} from './gradient-flow-quantities.js';
import { identitiesColumns, identitiesMeasures, identitiesOutcomes } from './identities-quantities.js';
import { landscapeColumns, landscapeMeasures, landscapeOutcomes } from './landscape-quantities.js';
import type { Quantity } from './quantity.js';

interface Quantities {
  readonly columns: Readonly<Record<string, Quantity>>;
  readonly measures: Readonly<Record<string, Quantity>>;
  /** Each outcome and what it means. */
  readonly outcomes: Readonly<Record<string, string>>;
}

/** The numbers that each kind of computation computes. */
export const quantities = {
  'gradient-flow': {
    columns: gradientFlowColumns,
    measures: gradientFlowMeasures,
    outcomes: gradientFlowOutcomes,
  },
  landscape: { columns: landscapeColumns, measures: landscapeMeasures, outcomes: landscapeOutcomes },
  'landscape-converse': { columns: converseColumns, measures: converseMeasures, outcomes: converseOutcomes },
  'bad-optimum': { columns: badOptimumColumns, measures: badOptimumMeasures, outcomes: badOptimumOutcomes },
  identities: { columns: identitiesColumns, measures: identitiesMeasures, outcomes: identitiesOutcomes },
} as const satisfies Readonly<Record<string, Quantities>>;

export type ComputedKind = keyof typeof quantities;
export type ColumnOf<Kind extends ComputedKind> = keyof (typeof quantities)[Kind]['columns'] & string;
export type MeasureOf<Kind extends ComputedKind> = keyof (typeof quantities)[Kind]['measures'] & string;
