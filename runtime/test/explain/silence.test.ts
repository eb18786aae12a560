import { expect } from "chai";
import {
  type Case,
  causeIn,
  FIRST_SPAN,
  GET,
  got,
  headOf,
  ID,
  late,
  left,
  PAY,
  policy,
  reset,
  SECOND_SPAN,
} from "./told.js";
import { refusal, WrittenLogs } from "./written-logs.js";

const gone = (details: string, flags: string) => ({
  details,
  flags,
  ...refusal("UNAVAILABLE", "SERVICE_UNAVAILABLE"),
});

describe("the explanation of a request that was not answered", () => {
  const causes: readonly Case[] = [
    [
      "an application that stands still",
      () =>
        got(
          { status: 504 },
          late,
          { ...left, duration_ms: 1 },
          { code: "CANCELLED", time: "2026-01-02T03:04:08Z" },
        ),
      "stock-1 had not begun after 2000 ms in 2 attempts, all the time that InventoryService.GetItem has.",
      policy("timeout"),
    ],
    [
      "an application that waits for its store",
      () => got({ status: 504 }, late, { ...left, duration_ms: 1998 }, { code: "CANCELLED" }),
      /stock-1 was still at work, by itself or at its store, after 2000 ms/,
      policy("timeout"),
    ],
    [
      "an application that ends in the middle of a call",
      () =>
        got(
          { status: 503 },
          gone("via_upstream", "-"),
          gone(`${reset}{connection_termination}`, "UC"),
          undefined,
        ),
      "the application of stock-1 broke InventoryService.GetItem off: connection termination.",
      "  theseus logs stock-1",
    ],
    [
      "no healthy instance",
      () => got({ status: 503 }, gone("no_healthy_upstream", "UH"), undefined, undefined),
      "edge-1 has no stock to call: none is healthy.",
    ],
    [
      "a sidecar that takes no connection",
      () =>
        got(
          { status: 503 },
          gone(
            `${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused|remote_address:127.0.0.1:1}`,
            "UF,URX",
          ),
          undefined,
          undefined,
        ),
      "stock could not be reached by edge-1: Connection refused.",
    ],
    [
      "a certificate that is not trusted",
      () =>
        got(
          { status: 503 },
          gone(
            `${reset}{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}`,
            "UF",
          ),
          undefined,
          undefined,
        ),
      /edge-1 and stock do not trust each other's certificate/,
    ],
    [
      "a gateway that stands still",
      () =>
        got(
          { status: 504, details: "max_duration_timeout", duration_ms: 3000 },
          undefined,
          undefined,
          undefined,
        ),
      "the application of edge-1 had not answered after 3000 ms.",
      policy("timeout"),
    ],
    [
      "a caller who left",
      () =>
        got({ status: 0, details: "downstream_remote_disconnect", flags: "DC" }, left, left, {
          code: "CANCELLED",
        }),
      "the caller of edge-1 did not wait for the answer.",
    ],
    [
      "a time that was over by the caller's own clock first",
      () => got({ status: 504 }, { ...left, grpc_timeout: "1999m", duration_ms: 2013 }, left, undefined),
      "stock-1 had not answered after 2013 ms, all the time that InventoryService.GetItem has.",
      policy("timeout"),
    ],
    [
      "a socket that takes no connection",
      () =>
        got(
          { status: 503 },
          gone("via_upstream", "-"),
          gone(`${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused}`, "UF"),
          undefined,
        ),
      "the application of stock-1 was not there: Connection refused.",
      "  theseus logs stock-1",
    ],
    [
      "a call that Envoy's fault filter has held back",
      () => got({ status: 504 }, late, { ...left, flags: "DI,DR", duration_ms: 1998 }, undefined),
      "the fault filter of stock-1's sidecar held InventoryService.GetItem back for longer than the 2000 ms that it has.",
      "  envoy.filters.http.fault in the configuration of stock-1's sidecar",
    ],
    [
      "a store that is gone",
      () => {
        const no = gone("via_upstream", "-");
        const logs = got({ status: 503 }, no, no, { code: "UNAVAILABLE", reason: "SERVICE_UNAVAILABLE" });
        logs.call("stock-1", 3, {
          ...{ level: "warn", event: "unavailable", method: GET },
          ...{ msg: "the store cannot be reached now", err: { message: "connect ECONNREFUSED" } },
        });
        return logs;
      },
      "stock-1 could not do InventoryService.GetItem: the store cannot be reached now: connect ECONNREFUSED.",
      "  theseus status shows whether its store runs; theseus logs stock-1",
    ],
  ];
  for (const [what, write, because, change] of causes)
    it(`names the cause: ${what}`, () => {
      using logs = write();
      const told = causeIn(logs);
      if (typeof because === "string") expect(told).to.equal(because);
      else expect(told).to.match(because);
      if (change !== undefined) expect(headOf(logs)[1]).to.equal(change);
    });

  it("names whom a call waited for at its end, however far away", () => {
    using logs = new WrittenLogs(ID);
    logs.access("edge-1", "edge", 0, { route: PAY, path: "/v1/payments", status: 504 });
    logs.access("edge-1", "outbound", 1, { route: PAY, traceparent: FIRST_SPAN, upstream: "pay", ...late });
    logs.access("pay-1", "mesh", 2, { route: PAY, traceparent: FIRST_SPAN, ...left, duration_ms: 1998 });
    logs.access("pay-1", "outbound", 9, {
      route: "/bank.v1.Bank/Charge",
      traceparent: SECOND_SPAN,
      upstream: "bank",
      ...left,
    });
    logs.call("pay-1", 2000, { method: PAY, code: "CANCELLED", ms: 1990 });
    expect(headOf(logs)[0]).to.include("because bank had not answered after 2000 ms");
  });

  /** Payment asks the bank as often as a list says; who called payment had it repeated until its time was over. */
  function paid(charges: readonly object[], answer: object, edge: object): WrittenLogs {
    const logs = new WrittenLogs(ID);
    const charge = "/theseus.provider.v1.CardProvider/Authorize";
    logs.access("edge-1", "edge", 0, { route: PAY, path: "/v1/payments", status: 503 });
    logs.access("edge-1", "outbound", 1, { route: PAY, traceparent: FIRST_SPAN, upstream: "pay", ...edge });
    logs.access("pay-1", "mesh", 2, { route: PAY, traceparent: FIRST_SPAN, duration_ms: 8000, ...answer });
    for (const [at, each] of charges.entries())
      logs.access("pay-1", "outbound", 10 + 2600 * at, {
        ...{ route: charge, traceparent: SECOND_SPAN, upstream: "bank", duration_ms: 2500 },
        ...{ details: "max_duration_timeout", grpc_status: "DEADLINE_EXCEEDED", ...each },
      });
    return logs;
  }

  const silent = refusal("UNAVAILABLE", "PROVIDER_UNAVAILABLE");

  it("names whom an application could not do without, though it gives that a reason of its own", () => {
    const refused = gone(
      `${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused}`,
      "UF",
    );
    using logs = paid([refused], silent, silent);
    expect(causeIn(logs)).to.equal("bank could not be reached by pay-1: Connection refused.");
  });

  it("says whose own time it was that was over", () => {
    using logs = paid([{ grpc_timeout: "2500m" }], silent, silent);
    expect([causeIn(logs), headOf(logs)[1]]).to.eql([
      "bank had not answered after 2500 ms, all the time that pay-1 gave CardProvider.Authorize.",
      "  pay-1 sets that time itself, within option (theseus.mesh.v1.service_policy).timeout of CardProvider in proto/theseus/provider/v1/card_provider.proto",
    ]);
  });

  it("names, of the same call made again and again, the longest", () => {
    const cut = { details: `${reset}{connection_termination}`, grpc_status: "UNAVAILABLE", duration_ms: 9 };
    using logs = paid([{}, cut], silent, silent);
    expect(causeIn(logs)).to.match(/^bank had not answered after 2500 ms/);
  });

  it("does not blame the time of a call that was repeated and has failed each time before", () => {
    using logs = paid([{}], silent, { ...late, duration_ms: 10_000, attempts: 9 });
    expect(causeIn(logs)).to.match(/^bank had not answered after 2500 ms/);
  });

  it("says of an outside party that it had not begun, where it has when nobody waited any more", () => {
    using logs = paid([{}], silent, silent);
    logs.call("bank", 9000, {
      method: "/theseus.provider.v1.CardProvider/Authorize",
      code: "CANCELLED",
      ms: 5,
    });
    expect(causeIn(logs)).to.match(/^bank had not begun after 2500 ms/);
  });
});
