/** A property of the protocol or of a peer that the proof needs: each is taken away in turn. */
export type Weakening =
  | "conditional update instead of insert"
  | "provider cancel that is not sticky"
  | "no tombstone for a cancel of an unknown id"
  | "no tombstone for a reservation that was given back"
  | "no fence"
  | "no owner check"
  | "no provider idempotency";
