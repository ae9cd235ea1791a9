/** What a column of rows, or a number of a verdict, is. */
export interface Quantity {
  readonly unit: string;
  readonly description: string;
}

export const one = (description: string): Quantity => ({ unit: '1', description });

export const nat = (description: string): Quantity => ({ unit: 'nat', description });

export const count = (description: string): Quantity => ({ unit: 'count', description });
