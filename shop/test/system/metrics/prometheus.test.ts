import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SERVER_FAULTS } from "@theseus/kit/server-faults";
import { metricsPort } from "@theseus/runtime/metrics";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { parse } from "yaml";
import { HttpClient } from "../http-client.js";
import { shop } from "../root-hooks.js";
import { dashboardQueries, observe } from "./dashboard.js";
import { needsPrograms, startPrometheus } from "./prometheus.js";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const folder = join(observe, "prometheus");
const { groups } = parse(readFileSync(join(folder, "rules.yml"), "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

describe("what Prometheus is given for npm start", () => {
  it("is well-formed, and the rules say what their tests expect", function () {
    needsPrograms(this, "promtool");
    const promtool = (...args: readonly string[]) =>
      execFileSync("promtool", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
    promtool("check", "config", "prometheus.yml");
    expect(promtool("check", "rules", "rules.yml")).to.contain(`SUCCESS: ${rules.length} rules found`);
    expect(promtool("test", "rules", "rules.test.yml")).to.contain("SUCCESS");
  });

  it("has an answer to each rule and each query of the dashboard", async function () {
    needsPrograms(this, "prometheus");
    this.timeout(180_000);
    const config = readFileSync(join(folder, "prometheus.yml"), "utf8")
      .replace("rules.yml", join(folder, "rules.yml"))
      .replace(`127.0.0.1:${metricsPort}`, new URL(shop().endpoints.metrics ?? "").host);
    await using prometheus = await startPrometheus(config);
    const over = new AbortController();
    const buying = keepAsking(over.signal);
    try {
      for (const [title, expr] of queries())
        await eventually(`an answer to ${title}: ${expr}`, () => prometheus.hasAnswer(expr));
      expect(await prometheus.hasAnswer("theseus_none_such"), "what nobody tells").to.equal(false);
    } finally {
      over.abort();
      await buying;
    }
  });

  it("calls failed what the status calls failed", () => {
    const asked = [...rules, ...dashboardQueries()].flatMap(({ expr }) =>
      [...expr.matchAll(/theseus_calls_total\{code=~"([^"]+)"\}/g)].map(([, codes = ""]) => codes.split("|")),
    );
    expect(asked).to.have.length(2);
    for (const codes of asked) expect(codes).to.have.members([...SERVER_FAULTS]);
  });

  it("says of each alert what it is, and a command that tells more", async () => {
    const help = (await shop().theseus("--help")).stdout;
    for (const { alert, annotations = {} } of rules.filter((rule) => rule.alert !== undefined)) {
      expect(annotations.summary, alert).to.match(/\.$/);
      const commands = [...(annotations.command ?? "").matchAll(/npx theseus (\w+)/g)].map(
        ([, name]) => name,
      );
      expect(commands, alert).not.to.deep.equal([]);
      for (const name of commands) expect(help, alert).to.match(new RegExp(`^ +${name}\\b`, "m"));
    }
  });
});

/** A condition has an answer only while it holds: what it compares is asked for instead. */
function queries(): readonly (readonly [title: string, expr: string])[] {
  return [
    ...rules.map(
      ({ record, alert, expr }) =>
        [record ?? alert ?? "", expr.replace(/ (==|[<>]) (?=\d)/g, " $1 bool ")] as const,
    ),
    ...rules.flatMap(({ record }) => (record === undefined ? [] : [[record, record] as const])),
    ...dashboardQueries().map(({ title, expr }) => [title, expr] as const),
  ];
}

async function keepAsking(over: AbortSignal): Promise<void> {
  const http = new HttpClient(shop().edge);
  while (!over.aborted) {
    await http.get("/v1/items").catch(() => undefined);
    await http.get("/v1/items/none-such").catch(() => undefined);
    await sleep(100);
  }
}
