import type { TableValue } from './table.js';

const MISSING = '–';

/** Three significant digits, as the paper's tables have two or three. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/** `0.512 ± 0.034`, without spread for one seed. */
export function formatMeasured({ measured }: TableValue): string {
  if (measured === null) return MISSING;
  const { mean, standardDeviation } = measured;
  return standardDeviation === null
    ? formatNumber(mean)
    : `${formatNumber(mean)} ± ${formatNumber(standardDeviation)}`;
}

export function formatPrinted({ printed }: TableValue): string {
  return printed === null ? MISSING : formatNumber(printed);
}

/** Each metric as a row of text, followed by the paper's row where the paper has one. */
export function textRows(table: {
  readonly rows: readonly { readonly label: string; readonly values: readonly TableValue[] }[];
}): string[][] {
  return table.rows.flatMap(({ label, values }) => {
    const measured = [label, ...values.map(formatMeasured)];
    const hasPrinted = values.some(({ printed }) => printed !== null);
    return hasPrinted ? [measured, ['  paper', ...values.map(formatPrinted)]] : [measured];
  });
}
