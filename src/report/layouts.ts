import type { TableName } from '../sweep/file-schema.js';

/** One row of a printed table: a metric of the evaluation log and the paper's numbers for it. */
export interface LayoutRow {
  readonly label: string;
  readonly metric: string;
  /** Key in paper-tables.json. */
  readonly printed: string | null;
}

const zeros: LayoutRow = {
  label: "# of 0's in encoder variance",
  metric: 'encoderZeros',
  printed: 'zeros_in_encoder_variance',
};
const manifoldError: LayoutRow = {
  label: 'Manifold error',
  metric: 'manifoldError',
  printed: 'manifold_error',
};
const manifoldErrors: readonly LayoutRow[] = [
  { ...manifoldError, label: 'Manifold error (as the text defines it)' },
  { ...manifoldError, label: 'Manifold error (over all pairs)', metric: 'manifoldErrorPairwise' },
];

/** The rows of the paper's tables, in its order. A new table is a line here. */
export const layouts: Readonly<Record<TableName, readonly LayoutRow[]>> = {
  table1: [
    zeros,
    { label: '# of nonzero decoder rows', metric: 'nonzeroDecoderRows', printed: 'nonzero_decoder_rows' },
    {
      label: 'Normalized eigenvalue error',
      metric: 'eigenvalueError',
      printed: 'normalized_eigenvalue_error',
    },
  ],
  table2: [...manifoldErrors, zeros],
  table3: [manifoldError, zeros],
  table4: [...manifoldErrors, zeros],
  table5: [
    manifoldError,
    {
      label: "# of 0.1's in encoder variance (below 0.5)",
      metric: 'encoderSmall',
      printed: 'entries_near_0.1_in_encoder_variance',
    },
  ],
};

/** What a sweep that reproduces no printed table shows of each cell, where it is defined. */
export const generalRows: readonly LayoutRow[] = [
  { label: 'VAE loss (nat)', metric: 'loss', printed: null },
  { label: 'Decoder variance', metric: 'decoderVariance', printed: null },
  zeros,
  { label: '# of nonzero decoder rows', metric: 'nonzeroDecoderRows', printed: null },
  { label: 'Normalized eigenvalue error', metric: 'eigenvalueError', printed: null },
  ...manifoldErrors,
  { label: 'Padding error', metric: 'paddingError', printed: null },
].map((row) => ({ ...row, printed: null }));
