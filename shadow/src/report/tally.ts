import type { DescMethod } from "@bufbuild/protobuf";
import type { Answer } from "../ask/answer.js";
import type { Question } from "../ask/application.js";
import type { Verdict } from "../compare/steady.js";
import type { CaseFolder } from "./case-folder.js";

/** What was compared so far. */
export interface Report {
  /** Calls and streams that both sides were asked: equal, noise or different. */
  readonly compared: number;
  readonly equal: number;
  /** They differed once, and did not keep to it; or the old side differed from itself. */
  readonly noise: number;
  /** Copies that there was no time for. */
  readonly dropped: number;
  /** The old side was not there, or too late. */
  readonly unanswered: number;
  /** Of `compared`: streams. */
  readonly streams: number;
  readonly different: readonly ReportedDifference[];
}

export interface ReportedDifference {
  /** `package.Service/Method` */
  readonly method: string;
  /** `status`, `ok.items[].title` */
  readonly path: string;
  /** As they were found first. */
  readonly old: string;
  readonly candidate: string;
  readonly count: number;
  /** File of the conformance case. */
  readonly savedAs?: string;
}

/** What a comparison was about. */
export interface Subject {
  readonly question: Question;
  readonly isStream: boolean;
  /** Makes a text fit to be shown. */
  readonly hide: (text: string) => string;
}

/** Kinds of differences that are told apart; what comes beyond counts with none. */
const MOST = 200;

/** Counts, and keeps one example of each difference. */
export class Tally {
  readonly #counts = { equal: 0, noise: 0, different: 0, dropped: 0, unanswered: 0, streams: 0 };
  readonly #different = new Map<string, ReportedDifference>();

  /** @param cases  keeps the first example of each; absent: nobody does */
  constructor(readonly cases?: CaseFolder) {}

  drop(): void {
    this.#counts.dropped += 1;
  }

  count(verdict: Verdict, subject: Subject): void {
    this.#counts[verdict.kind] += 1;
    if (subject.isStream && verdict.kind !== "unanswered") this.#counts.streams += 1;
    if (verdict.kind !== "different") return;
    const seen = new Set<string>();
    for (const [at, { a, b }] of verdict.differences) {
      const path = at.replace(/\[\d+\]/g, "[]");
      if (seen.has(path)) continue;
      seen.add(path);
      this.#add({ path, at, a: subject.hide(a), b: subject.hide(b) }, subject, verdict.old);
    }
  }

  report(): Report {
    const { equal, noise, different, ...others } = this.#counts;
    return {
      compared: equal + noise + different,
      equal,
      noise,
      ...others,
      different: [...this.#different.values()],
    };
  }

  #add(
    {
      path,
      at,
      a,
      b,
    }: { readonly path: string; readonly at: string; readonly a: string; readonly b: string },
    { question, hide }: Subject,
    old: Answer,
  ): void {
    const method = nameOf(question.method);
    const key = `${method} ${path}`;
    const known = this.#different.get(key);
    if (known !== undefined) this.#different.set(key, { ...known, count: known.count + 1 });
    else if (this.#different.size < MOST) {
      const savedAs = this.cases?.save({ question, answer: old, at, a, b, hide });
      const found = { method, path, old: a, candidate: b, count: 1 };
      this.#different.set(key, { ...found, ...(savedAs !== undefined && { savedAs }) });
    }
  }
}

function nameOf({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
