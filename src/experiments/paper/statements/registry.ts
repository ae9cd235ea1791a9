import { badOptimumStatement } from './bad-optimum.js';
import { gradientDescentStatement } from './gradient-descent.js';
import { gradientFlowStatement } from './gradient-flow.js';
import { identitiesStatement } from './identities.js';
import { landscapeStatement } from './landscape.js';
import { leavingBadOptimum } from './leaving-bad-optimum.js';
import type { Evidence, Statement, StatementDefinition } from './statement.js';
import { trainedLinear } from './trained-linear.js';

/** What the report tells of the theory, in this order: a file and a line each. */
export const statements: readonly StatementDefinition[] = [
  gradientFlowStatement,
  gradientDescentStatement,
  trainedLinear,
  landscapeStatement,
  badOptimumStatement,
  leavingBadOptimum,
  identitiesStatement,
];

/** The statements that a sweep has runs of; none if it is about something else. */
export function examineTheory(evidence: Evidence): Statement[] {
  const examined = statements.flatMap((definition) => {
    const examination = definition.examine(evidence);
    return examination === null ? [] : [{ definition, examination }];
  });
  if (examined.every(({ definition }) => definition.isAside)) return [];
  return examined.map(({ definition, examination }) => ({ ...definition, ...examination }));
}
