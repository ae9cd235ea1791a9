/** The unit and the description of a column of rows or of a number of a verdict. */
export interface Quantity {
  readonly unit: string;
  readonly description: string;
}

export const one = (description: string): Quantity => ({ unit: '1', description });

export const nat = (description: string): Quantity => ({ unit: 'nat', description });

export const count = (description: string): Quantity => ({ unit: 'count', description });
