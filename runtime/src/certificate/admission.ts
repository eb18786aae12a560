/** Why the authority gives an instance an identity. */
export type Admission =
  /** Whoever starts the system has chosen it, and answers for it. */
  | { readonly by: "operator" }
  /** It has shown that it keeps the contract. */
  | { readonly by: "certificate"; readonly certificate: string }
  /** Somebody wants it without proof, and says why; after `until` (ISO time) there is no new leaf for it. */
  | { readonly by: "reason"; readonly reason: string; readonly until: string };

/** What runs or has run, and why it may. */
export interface Admitted {
  readonly contentHash: string;
  /** Absent: it is older than such records, and is nobody's word. */
  readonly admission?: Admission;
}
