import { mkdirSync, readFileSync } from "node:fs";
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { AsyncDisposableStack, createLog, type Running } from "@theseus/kit";
import { type Contract, isClientStream, isUnary, parseContract, quotasOf } from "@theseus/kit/contract";
import { Application } from "./ask/application.js";
import { SeenNames } from "./ask/seen-names.js";
import { CallComparison } from "./call-comparison.js";
import type { Config } from "./config.js";
import { type MirroredCall, serveMirror } from "./mirror/mirror.js";
import { WorkQueue } from "./mirror/work-queue.js";
import { CaseFolder } from "./report/case-folder.js";
import { serveReport } from "./report/report-server.js";
import { Tally } from "./report/tally.js";
import { StreamComparison } from "./stream-comparison.js";

/** Copies that are compared at a time, and that wait for it; what comes beyond is counted and lost. */
const LIMITS = { atOnce: 4, waiting: 256 };

/** Takes copies of calls, holds the answers of both sides against each other, and tells what it has found. */
export async function startShadow(config: Config): Promise<Running> {
  await using opened = new AsyncDisposableStack();
  const log = createLog({ level: "info", name: "shadow" });
  const contract = parseContract(readFileSync(config.contract));
  const reading = comparedMethods(contract, config.services);
  if (config.saveCases !== undefined) mkdirSync(config.saveCases, { recursive: true });
  const tally = new Tally(
    config.saveCases === undefined ? undefined : new CaseFolder(config.saveCases, config),
  );
  const candidate = opened.use(new Application(config.candidate, contract));
  const queue = new WorkQueue(LIMITS);
  const [unary, streams] = [reading.filter(isUnary), reading.filter((method) => !isUnary(method))];
  const names = new SeenNames();
  const sides = config.old.map(({ mirror, application }) => ({
    mirror,
    sides: [opened.use(new Application(application, contract)), candidate] as const,
  }));
  for (const { mirror, sides: both } of sides) {
    const comparison = new CallComparison(both, { tally, names });
    const onCall = (call: MirroredCall) => {
      if (!queue.add(() => comparison.compare(call))) tally.drop();
    };
    opened.use(await serveMirror(mirror, unary, onCall));
  }
  const [first] = sides;
  if (first !== undefined && streams.length > 0)
    opened.use(new StreamComparison(first.sides, { streams, tally, names }));
  const applications = [...sides.map(({ sides: [old] }) => old), candidate];
  opened.use(
    await serveReport(config.report, () => ({
      ...tally.report(),
      openStreams: applications.reduce((sum, { openStreams }) => sum + openStreams, 0),
    })),
  );
  const owned = opened.move();
  return { address: `unix:${config.report}`, log, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Those without side effects; what has a quota would use up that of the caller. */
function comparedMethods({ methods }: Contract, services: readonly string[]): readonly DescMethod[] {
  return [...methods.values()].filter(
    (method) =>
      services.includes(method.parent.typeName) &&
      method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS &&
      quotasOf(method).length === 0 &&
      !isClientStream(method),
  );
}
