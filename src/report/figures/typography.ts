const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '.': '·',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};
const ZERO_BELOW = '₀'.codePointAt(0) ?? NaN;

/** Returns a number in superscript, for example `⁻⁴`. */
export function superscript(value: number): string {
  return raise(String(value));
}

/** Returns a whole number in subscript, for example `₁₂`. */
export function subscript(value: number): string {
  return String(value).replace(/\d/g, (digit) => String.fromCodePoint(ZERO_BELOW + Number(digit)));
}

/** Typesets powers of e: `e^-4` becomes `e⁻⁴`. */
export function typeset(text: string): string {
  return text.replace(/e\^(-?[\d.]+)/g, (_, exponent: string) => `e${raise(exponent)}`);
}

function raise(text: string): string {
  return text.replace(/./g, (character) => SUPERSCRIPTS[character] ?? character);
}
