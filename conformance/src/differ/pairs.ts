/** The kind of names of resources: of all types, since a name says its collection. */
export const NAMES = "name";

/**
 * Which names and etags of one side are which of the other, by first sight: two that were once met in the same place
 * stay a pair.
 */
export class Pairs {
  readonly #toB = new Map<string, string>();
  readonly #toA = new Map<string, string>();
  readonly #orders = new Map<string, { readonly same: Set<string>; readonly other: Set<string> }>();

  /** True when they are a pair, or become one. */
  match(kind: string, a: string, b: string): boolean {
    if ((a === "") !== (b === "")) return false;
    const [keyA, keyB] = [`${kind} ${a}`, `${kind} ${b}`];
    if (!this.#toB.has(keyA) && !this.#toA.has(keyB)) {
      this.#toB.set(keyA, b);
      this.#toA.set(keyB, a);
    }
    return this.#toB.get(keyA) === b && this.#toA.get(keyB) === a;
  }

  /** What side B has in the place of this; the same where neither side has met it. */
  partner(kind: string, a: string): string {
    return this.#toB.get(`${kind} ${a}`) ?? a;
  }

  /** True when a name of either side is another one on the other side: the implementations have chosen it. */
  isChosen(kind: string, side: "a" | "b", name: string): boolean {
    const partner = (side === "a" ? this.#toB : this.#toA).get(`${kind} ${name}`);
    return partner !== undefined && partner !== name;
  }

  /** Notes whether entries that follow each other in a list on side A do so on side B, by their places there; once for each two. */
  noteOrder(list: string, entries: readonly { readonly name: string; readonly place: number }[]): void {
    const known = this.#orders.get(list) ?? { same: new Set(), other: new Set() };
    for (const [at, { name, place }] of entries.slice(1).entries()) {
      const before = entries[at];
      if (before !== undefined) known[place > before.place ? "same" : "other"].add(`${before.name} ${name}`);
    }
    this.#orders.set(list, known);
  }

  /** True for a list that is in the same order on both sides whatever its entries are called. */
  keepsOrder(list: string): boolean {
    const known = this.#orders.get(list);
    return known !== undefined && known.other.size === 0 && known.same.size >= SURE;
  }

  /** A text of side A with the names in it, and the ids of which these are made, that side B has in their place. */
  translate(text: string): string {
    let translated = text;
    for (const [key, b] of this.#toB) {
      const a = key.slice(key.indexOf(" ") + 1);
      if (a === b) continue;
      for (const [one, other] of [[a, b] as const, [idOf(a), idOf(b)] as const])
        if (one.length > LEAST) translated = translated.replaceAll(one, other);
    }
    return translated;
  }
}

/** So many entries do not follow each other by chance. */
const SURE = 12;

/** A text of so few characters may be there for other reasons than because it is a name. */
const LEAST = 8;

function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
