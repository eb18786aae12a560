/** What a mutant's file says of its transformation under `with`. */
export class Parameters {
  readonly #used = new Set<string>();

  constructor(readonly values: Readonly<Record<string, unknown>>) {}

  text(name: string): string {
    return String(this.#take(name));
  }

  count(name: string): number {
    const value = this.#take(name);
    if (typeof value !== "number") throw new Error(`"${name}" must be a number`);
    return value;
  }

  /** Undefined where nothing is said. */
  texts(name: string): readonly string[] | undefined {
    if (!(name in this.values)) return undefined;
    const value = this.#take(name);
    if (!Array.isArray(value)) throw new Error(`"${name}" must be a list`);
    return value.map(String);
  }

  /** Names that nobody asked for. */
  unused(): readonly string[] {
    return Object.keys(this.values).filter((name) => !this.#used.has(name));
  }

  #take(name: string): unknown {
    if (!(name in this.values)) throw new Error(`it needs "${name}"`);
    this.#used.add(name);
    return this.values[name];
  }
}
