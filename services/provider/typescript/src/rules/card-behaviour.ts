/** What a card does, by its token. */
export type CardBehaviour = "ok" | "declined" | "capture-refused" | "slow" | "lost-reply" | "down";

const BY_TOKEN: ReadonlyMap<string, CardBehaviour> = new Map([
  ["card-declined", "declined"],
  ["card-capture-refused", "capture-refused"],
  ["card-slow", "slow"],
  ["card-lost-reply", "lost-reply"],
  ["card-down", "down"],
]);
const ALL: ReadonlySet<unknown> = new Set([...BY_TOKEN.values(), "ok"]);

/** The card of any other token works. */
export function behaviourOf(cardToken: string): CardBehaviour {
  return BY_TOKEN.get(cardToken) ?? "ok";
}

export function isCardBehaviour(value: unknown): value is CardBehaviour {
  return ALL.has(value);
}
