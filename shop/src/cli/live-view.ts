import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 500;

/** Lines that stay, and below them on a terminal a few that change. */
export class LiveView implements AsyncDisposable {
  readonly #over = new AbortController();
  readonly #drawing: Promise<void>;
  #shown = "";
  #isPaused = false;

  /**
   * @param output  absent: nothing that changes is shown
   * @param look  what is to be seen now; undefined: nothing
   */
  constructor(
    readonly output: NodeJS.WriteStream | undefined,
    readonly look: () => Promise<string | undefined>,
  ) {
    this.#drawing = output?.isTTY ? this.#keepDrawing() : Promise.resolve();
  }

  print(line: string): void {
    this.#draw("");
    this.output?.write(`${line}\n`);
  }

  /** Leaves the terminal to something else for a while. */
  async pausedFor(work: () => Promise<void>): Promise<void> {
    this.#draw("");
    this.#isPaused = true;
    await work().finally(() => {
      this.#isPaused = false;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#drawing;
    this.#draw("");
  }

  async #keepDrawing(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const seen = await this.look();
      if (!signal.aborted && !this.#isPaused) this.#draw(seen ?? "");
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  /** A line that is longer than the terminal is cut: it would take two. */
  #draw(wanted: string): void {
    // A terminal that does not know its size says 0.
    const columns = this.output?.columns || 80;
    const text = wanted
      .split("\n")
      .map((line) => line.slice(0, columns - 1))
      .join("\n");
    const height = this.#shown === "" ? 0 : this.#shown.split("\n").length;
    const backToTop = height === 0 ? "" : `\u001b[${height}A\u001b[J`;
    if (backToTop !== "" || text !== "") this.output?.write(backToTop + (text === "" ? "" : `${text}\n`));
    this.#shown = text;
  }
}
