/** The kind of names of resources: of all types, since a name says its collection. */
export const NAMES = "name";

/**
 * Which names and etags of one side are which of the other, by first sight: two that were once met in the same place
 * stay a pair.
 */
export class Pairs {
  readonly #toB = new Map<string, string>();
  readonly #toA = new Map<string, string>();

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

/** A text of so few characters may be there for other reasons than because it is a name. */
const LEAST = 8;

function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
