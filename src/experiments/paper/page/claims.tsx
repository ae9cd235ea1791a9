import type { Verdict } from '../claims/claim.js';
import { Notes } from '../../../report/page/parts.js';

export function Claims({ verdicts }: { verdicts: readonly Verdict[] }) {
  return verdicts.map(({ claim, outcome, detail, exceptions }) => (
    <article key={claim.name} class="claim" data-outcome={outcome}>
      <h3>
        <span class="outcome">{outcome}</span> {claim.statement}
      </h3>
      <p>
        {detail}.{' '}
        <span class="muted">
          Tested: {claim.test}. Source: {claim.source}.
        </span>
      </p>
      <Exceptions runs={exceptions} />
    </article>
  ));
}

export function Exceptions({ runs }: { runs: readonly string[] }) {
  return runs.length === 0 ? null : (
    <details>
      <summary>Tasks that disagree</summary>
      <Notes notes={runs} />
    </details>
  );
}
