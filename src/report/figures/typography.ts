const SUPERSCRIPTS = { '-': '⁻', '.': '·', ...scriptDigits('⁰¹²³⁴⁵⁶⁷⁸⁹') } as const;
const SUBSCRIPTS = scriptDigits('₀₁₂₃₄₅₆₇₈₉');

/** As `⁻⁴`. */
export function superscript(value: number): string {
  return translate(String(value), SUPERSCRIPTS);
}

/** As `₁₂`. */
export function subscript(value: number): string {
  return translate(String(value), SUBSCRIPTS);
}

/** Powers of e as they are printed: `e^-4` becomes `e⁻⁴`. */
export function typeset(text: string): string {
  return text.replace(/e\^(-?[\d.]+)/g, (_, exponent: string) => `e${translate(exponent, SUPERSCRIPTS)}`);
}

function translate(text: string, table: Readonly<Record<string, string>>): string {
  return [...text].map((character) => table[character] ?? character).join('');
}

function scriptDigits(digits: string): Record<string, string> {
  return Object.fromEntries([...digits].map((digit, value) => [String(value), digit]));
}
