/** One change that a mutation tool makes to one file of an implementation. */
export interface GeneratedMutant {
  /** The source file, seen from the implementation's folder: `src/rules/order.ts`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The tool's name for what it does. */
  readonly operator: string;
  /** The code that changes, on one line, and what it becomes; at most `SHOWN` characters of each. */
  readonly before: string;
  readonly after: string;
  /** The file that has other content in the mutant, from the implementation's folder: the source or what is compiled of it. */
  readonly replaces: string;
  readonly content: Buffer;
}

const SHOWN = 160;

/** Code as reports and lists show it: blanks and line ends count as one blank. */
export function shown(code: string): string {
  const line = code.trim().replaceAll(/\s+/g, " ");
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

/** `src/rules/order.ts:12 EqualityOperator: a > b → a >= b` */
export function title({ file, line, operator, before, after }: GeneratedMutant): string {
  return `${file}:${line} ${operator}: ${before} → ${after === "" ? "nothing" : after}`;
}
