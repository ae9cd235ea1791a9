/** A row of a table: a metric, and the paper's numbers for it. */
export interface LayoutRow {
  readonly label: string;
  /** A column of the evaluation log. */
  readonly metric: string;
  /** The column with the released code's score, which is logged only with its random streams. Default: `metric`. */
  readonly releasedMetric?: string;
  /** Key in paper-tables.json. */
  readonly printed: string | null;
  /** Whether the printed numbers are known to be another quantity, so that they are shown but not compared. Default: false. */
  readonly isOtherQuantity?: boolean;
}

const zeros: LayoutRow = {
  label: "Mean #0's in Encoder Variance",
  metric: 'encoderZeros',
  printed: 'zeros_in_encoder_variance',
};
const manifoldError: LayoutRow = {
  label: 'Mean Manifold Error',
  metric: 'manifoldError',
  releasedMetric: 'releasedManifoldError',
  printed: 'manifold_error',
};
/** The printed sigmoid errors are averages over pairs (docs/reproduction.md), so the tables show both versions of the error. */
const manifoldErrors: readonly LayoutRow[] = [
  { ...manifoldError, label: 'Mean Manifold Error, over all pairs', metric: 'manifoldErrorPairwise' },
  {
    label: 'Mean Manifold Error, as the text defines it',
    metric: 'manifoldError',
    printed: 'manifold_error',
    isOtherQuantity: true,
  },
];

/** The rows of the paper's tables, with its order and wording. To add a table, add a line here. */
export const layouts: Readonly<Record<string, readonly LayoutRow[]>> = {
  table1: [
    zeros,
    { label: 'Mean # Decoder Rows Nonzero', metric: 'nonzeroDecoderRows', printed: 'nonzero_decoder_rows' },
    {
      label: 'Mean Normalized Eigenvalue Error',
      metric: 'eigenvalueError',
      releasedMetric: 'releasedEigenvalueError',
      printed: 'normalized_eigenvalue_error',
    },
  ],
  table2: [...manifoldErrors, zeros],
  table3: [manifoldError, zeros],
  table4: [...manifoldErrors, zeros],
  table5: [
    manifoldError,
    {
      label: "Mean #0.1's in Encoder Variance (below 0.5)",
      metric: 'encoderSmall',
      printed: 'entries_near_0.1_in_encoder_variance',
    },
  ],
};
