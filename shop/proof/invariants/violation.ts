/** What went wrong with somebody's money or goods, or with what a watch told. */
export type Harm = "lost" | "double" | "wrong";

/** Something that must never be, and is. */
export interface Violation {
  /** Acknowledged and not there; charged or told twice; or anything else. */
  readonly harm: Harm;
  /** What it concerns, such as `payments/x`. */
  readonly subject: string;
  readonly detail: string;
  /** When the client was told what does not hold. */
  readonly atMs?: number;
}

export function violation(harm: Harm, subject: string, detail: string, atMs?: number): Violation {
  return { harm, subject, detail, ...(atMs === undefined ? {} : { atMs }) };
}
