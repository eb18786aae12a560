import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { methodPath } from "@theseus/kit/contract";
import type { StepOf } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import { toRefusal } from "../contract/answer.js";
import { PEOPLE } from "./access.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import { control } from "./control.js";

const CHECK = "/grpc.health.v1.Health/Check";
/** HealthCheckRequest { service: "active" } */
const ACTIVE = Buffer.from("0a06616374697665", "hex");
const SERVING = 1;
const NOT_SERVING = 2;
const WITHIN_MS = 15_000;

export async function performStandby({ standby, wait }: StepOf<"standby">, run: CaseRun): Promise<void> {
  await control(run).standby(standby);
  if (wait === false) return;
  const wanted = standby === "begin" ? NOT_SERVING : SERVING;
  const until = performance.now() + WITHIN_MS;
  for (;;) {
    const got = await run.connection.unary(CHECK, ACTIVE, run.request({}));
    // HealthCheckResponse { status }
    if (Buffer.isBuffer(got) && got.equals(Buffer.from([0x08, wanted]))) return;
    if (performance.now() > until)
      throw new StepFailure(`standby ${standby}`, undefined, `status ${wanted} of active`, String(got), [
        "health of active does not follow the standby file",
      ]);
    await sleep(50);
  }
}

export async function performWrites({ writes }: StepOf<"writes">, run: CaseRun): Promise<void> {
  const faults: string[] = [];
  const got: Record<string, Value> = {};
  const { contract, service } = run.context;
  const methods = [...contract.methods.values()].filter(({ parent }) => parent.typeName === service);
  const calls = methods
    .filter((method) => !isReading(method))
    .flatMap((method) => PEOPLE.map((who) => ({ method, who })));
  // All at once: whatever is under way meanwhile has a deadline.
  const check = async ({ method, who }: (typeof calls)[number]) => {
    const found = await call(run, method, who);
    if ((found === "UNAVAILABLE SERVICE_UNAVAILABLE") === (writes === "refused")) return;
    faults.push(`${method.name} as ${who}: ${found}`);
    got[`${method.name} as ${who}`] = found;
  };
  await Promise.all(calls.map(check));
  if (faults.length > 0) throw new StepFailure("writes", undefined, writes, got, faults);
}

function isReading({ idempotency }: DescMethod): boolean {
  return idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

async function call(run: CaseRun, method: DescMethod, who: string): Promise<string> {
  const result = await run.connection.unary(methodPath(method), Buffer.alloc(0), run.request({ as: who }));
  if (Buffer.isBuffer(result)) return "OK";
  const { status, reason = "no reason" } = toRefusal(result);
  return `${status} ${reason}`;
}
