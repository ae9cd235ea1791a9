import type { Table } from '../../../report/tables/table.js';
import type { Verdict } from './claim.js';

/** Returns the verdicts as a table. */
export function claimsTable(verdicts: readonly Verdict[]): Table {
  return {
    name: 'claims',
    title: 'Claims in the text of the paper',
    caption:
      'Each claim is tested on every task to which it applies, at its last evaluation unless the test says otherwise.',
    head: ['claim', 'verdict', 'tested', 'found', 'source'],
    body: verdicts.map(({ claim, outcome, detail }) => [
      claim.statement,
      outcome,
      claim.test,
      detail,
      claim.source,
    ]),
    notes: verdicts.flatMap(({ claim, outcome, exceptions }) => {
      if (exceptions.length === 0) return [];
      const what = outcome === 'does not hold' ? 'is refuted by' : 'has these exceptions:';
      return [`${claim.name} ${what} ${exceptions.join('; ')}`];
    }),
    records: verdicts.map(({ claim, outcome, agreeing, finished, requested, detail }) => ({
      claim: claim.name,
      statement: claim.statement,
      source: claim.source,
      test: claim.test,
      verdict: outcome,
      runsAgreeing: agreeing,
      runsFinished: finished,
      runsAsked: requested,
      found: detail,
    })),
  };
}
