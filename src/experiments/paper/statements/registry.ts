import { badOptimumStatement } from './bad-optimum.js';
import { converseStatement } from './converse.js';
import { gradientDescentStatement } from './gradient-descent.js';
import { gradientFlowStatement } from './gradient-flow.js';
import { identitiesStatement } from './identities.js';
import { landscapeStatement } from './landscape.js';
import { leavingBadOptimum } from './leaving-bad-optimum.js';
import type { Evidence, Statement, StatementDefinition } from './statement.js';
import { trainedLinear } from './trained-linear.js';

/** The statements in the theory section of reports, in this order. To add one, add a file and a line here. */
export const statements: readonly StatementDefinition[] = [
  gradientFlowStatement,
  gradientDescentStatement,
  trainedLinear,
  landscapeStatement,
  converseStatement,
  badOptimumStatement,
  leavingBadOptimum,
  identitiesStatement,
];

/** Returns the statements for which a sweep has tasks; none if all of them are only context for others. */
export function examineTheory(evidence: Evidence): Statement[] {
  const examined = statements.flatMap((definition) => {
    const examination = definition.examine(evidence);
    return examination === null ? [] : [{ definition, examination }];
  });
  if (examined.every(({ definition }) => definition.contextOnly)) return [];
  return examined.map(({ definition, examination }) => ({ ...definition, ...examination }));
}
