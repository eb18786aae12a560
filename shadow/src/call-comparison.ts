import type { Answer } from "./ask/answer.js";
import type { Application, Question } from "./ask/application.js";
import { requestFields } from "./ask/request-fields.js";
import type { SeenNames } from "./ask/seen-names.js";
import { differencesOf } from "./compare/differences.js";
import { hide, secretsIn } from "./compare/redaction.js";
import { compareSteadily, type Verdict } from "./compare/steady.js";
import type { MirroredCall } from "./mirror/mirror.js";
import type { Tally } from "./report/tally.js";

/** The old side, and the candidate. */
export type Both = readonly [Application, Application];

interface Findings {
  readonly tally: Tally;
  readonly names: SeenNames;
}

/** Asks both sides what somebody has asked the old one. */
export class CallComparison {
  constructor(
    readonly sides: Both,
    readonly findings: Findings,
  ) {}

  async compare(call: MirroredCall): Promise<void> {
    const { tally, names } = this.findings;
    if (call.until < performance.now()) {
      tally.drop();
      return;
    }
    const [old, candidate] = this.sides;
    const verdict = await compareQuestion(call, {
      askOld: () => old.ask(call),
      askCandidate: () => candidate.ask(call),
    });
    tally.count(verdict.verdict, { question: call, isStream: false, hide: verdict.hide });
    if (verdict.verdict.kind === "equal") names.note(call, verdict.verdict.old);
  }
}

interface Asking {
  readonly askOld: () => Promise<Answer>;
  readonly askCandidate: () => Promise<Answer>;
}

/** The verdict, with what makes its texts fit to be shown. */
export async function compareQuestion(
  { method, bytes }: Question,
  { askOld, askCandidate }: Asking,
): Promise<{ readonly verdict: Verdict; readonly hide: (text: string) => string }> {
  const secrets = new Set(secretsIn(method.input, requestFields(method, bytes) ?? {}));
  const remember = async (asked: Promise<Answer>) => {
    const answer = await asked;
    for (const message of answer.messages)
      for (const secret of secretsIn(method.output, message)) secrets.add(secret);
    return answer;
  };
  const verdict = await compareSteadily({
    askOld: () => remember(askOld()),
    askCandidate: () => remember(askCandidate()),
    compare: (a, b) => differencesOf(method, a, b),
  });
  return { verdict, hide: (text) => hide(text, secrets) };
}
