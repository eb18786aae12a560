import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { expect } from "chai";
import type { Case } from "../src/cases/case.js";
import type { Step } from "../src/cases/steps.js";
import { main } from "../src/cli.js";
import { loadContract } from "../src/contract/contract.js";
import type { CaseResult } from "../src/report/case-result.js";
import { tellFailures, tellResult } from "../src/report/console-report.js";
import { toJunit } from "../src/report/junit.js";
import { runCases } from "../src/run/run-cases.js";

const SERVICE = "theseus.inventory.v1.InventoryService";

/** A service that refuses GetItem without a reason, and answers every other call with nothing. */
async function serve(): Promise<{ address: string; server: Server }> {
  const server = new Server();
  const keep = (bytes: Buffer) => bytes;
  for (const method of ["GetItem", "ListItems"]) {
    server.register(
      `/${SERVICE}/${method}`,
      (_: unknown, done: (error: object | null, answer?: Buffer) => void) =>
        method === "GetItem" ? done({ code: status.NOT_FOUND, details: "no" }) : done(null, Buffer.alloc(0)),
      keep,
      keep,
      "unary",
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, server };
}

describe("a run", () => {
  let server: Server;
  let address: string;

  before(async () => {
    ({ server, address } = await serve());
  });
  after(() => server.forceShutdown());

  const toCase = (name: string, steps: readonly Step[], rest: Partial<Case> = {}): Case => ({
    name: `inventory/${name}/a`,
    says: `It is ${name}.`,
    clauses: [],
    needs: [],
    peers: {},
    environment: {},
    steps,
    place: "cases/inventory/a.yaml:1",
    ...rest,
  });
  const run = (cases: readonly Case[], seed = 1): Promise<readonly CaseResult[]> => {
    const shared = { address, label: "inventory (none)", [Symbol.asyncDispose]: async () => undefined };
    const bed = { contract: loadContract(), service: SERVICE, variables: {}, shared };
    const options = { seed, jobs: 1, observe: () => undefined, onResult: () => undefined };
    return runCases(cases, bed, options);
  };
  const right: readonly Step[] = [
    { verb: "call", call: "ListItems", request: {}, expect: { ok: { items: [] } } },
  ];
  const wrong: readonly Step[] = [
    {
      verb: "call",
      call: "ListItems",
      request: { page_size: 3 },
      expect: { ok: { next_page_token: "more" } },
    },
  ];

  it("has the order of its seed, and another one with another seed", async () => {
    const cases = ["b", "c", "d", "e", "f", "g", "h"].map((name) => toCase(name, right));
    const order = async (seed: number) => (await run(cases, seed)).map(({ test }) => test.name).join();
    expect(await order(7)).to.equal(await order(7));
    expect(await order(7)).not.to.equal(await order(8));
  });

  it("tells of a failure its request, what was expected, what came, and how to repeat it", async () => {
    const lines: string[] = [];
    const report = {
      repeat: "npx theseus-conformance run --case %s",
      write: (line: string) => lines.push(line),
    };
    const results = await run([toCase("wrong", wrong)]);
    for (const result of results) tellResult(result, report);
    tellFailures(results, report);
    expect(lines[0]).to.match(/^ {2}✖ inventory\/wrong\/a \(\d+ ms\)$/);
    expect(lines.slice(1)).to.eql([
      "\n  1) inventory/wrong/a: It is wrong.",
      "     at cases/inventory/a.yaml:1",
      "     step      ListItems",
      '     request   {"page_size":3}',
      '     expected  {"ok":{"next_page_token":"more"}}',
      '     got       {"ok":{"items":[],"next_page_token":""}}',
      '     because   next_page_token is "", not "more"',
      "     repeat    npx theseus-conformance run --case inventory/wrong/a",
      "\n  missing:",
      "    It is wrong.: inventory/wrong/a",
    ]);
  });

  it("fails a refusal without a reason, though the case expects no reason", async () => {
    const expected = { status: "NOT_FOUND" };
    const step: Step = { verb: "call", call: "GetItem", request: { name: "items/a" }, expect: expected };
    const [result] = await run([toCase("lawless", [step])]);
    expect(result?.outcome).to.equal("failed");
    expect(result?.why).to.contain("NOT_FOUND carries no google.rpc.ErrorInfo");
  });

  it("performs together what is to be called at once, and counts who wins", async () => {
    const together = (exactly: number): Step => ({
      verb: "together",
      together: 4,
      call: "ListItems",
      request: { page_token: `n\${n}` },
      expect: { exactly, ok: {} },
    });
    const results = await run([toCase("all", [together(4)]), toCase("one", [together(1)])]);
    expect(results.map(({ test, outcome }) => `${test.name} ${outcome}`).sort()).to.eql([
      "inventory/all/a passed",
      "inventory/one/a failed",
    ]);
  });

  it("skips what needs a process of the suite's own where there is none, and says why", async () => {
    const [result] = await run([toCase("own", right, { needs: ["restart"] })]);
    expect(result?.outcome).to.equal("skipped");
    expect(result?.why).to.equal("it needs a target that the suite starts itself");
  });

  it("is told to JUnit case by case, with texts escaped", async () => {
    const results = await run([
      toCase("right", right),
      toCase("wrong", wrong),
      toCase("own", right, { needs: ["store"] }),
    ]);
    const xml = toJunit('inventory "<&>"', results);
    expect(xml).to.contain(
      '<testsuite name="inventory &quot;&lt;&amp;&gt;&quot;" tests="3" failures="1" skipped="1"',
    );
    expect(xml).to.match(
      /name="inventory\/wrong\/a" time="[\d.]+"><failure message="ListItems: next_page_token is &quot;&quot;/,
    );
    expect(xml).to.contain('<skipped message="it needs a target that the suite starts itself"/>');
  });

  it("with a pattern that fits no case ends with 2", async () => {
    const said: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
    const code = await main([
      "run",
      "--service",
      "inventory",
      "--target",
      address,
      "--case",
      "inventory/nothing/*",
    ]);
    process.stderr.write = write;
    expect(code).to.equal(2);
    expect(said.join()).to.contain("No case fits inventory/nothing/*.");
  });

  it("runs as many rounds as it is told, each in another order", async () => {
    const said: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
    const flags = ["--service", "inventory", "--target", address, "--case", "protocol/messages/empty"];
    const code = await main(["run", ...flags, "--seed", "7", "--rounds", "2"]);
    process.stdout.write = write;
    expect(code).to.equal(0);
    expect(said.join("")).to.match(
      /seed 7\n[\s\S]*1 passed[\s\S]*seed 8\n[\s\S]*2 rounds, 0 of them with a failure/,
    );
  });

  it("reaches its target directly, whatever the environment says of proxies", async () => {
    const program = fileURLToPath(new URL("../../bin/theseus-conformance.mjs", import.meta.url));
    const flags = ["--service", "inventory", "--target", address, "--case", "protocol/messages/empty"];
    const proxy = "http://127.0.0.1:1";
    const suite = spawn(process.execPath, [program, "run", ...flags], {
      env: { ...process.env, http_proxy: proxy, https_proxy: proxy, grpc_proxy: proxy },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [code] = await once(suite, "exit");
    expect(code).to.equal(0);
  });

  it("that is asked to stop leaves no process behind", async function () {
    this.timeout(60_000);
    const program = fileURLToPath(new URL("../../bin/theseus-conformance.mjs", import.meta.url));
    const flags = ["--service", "inventory", "--impl", "typescript", "--no-build"];
    const suite = spawn(process.execPath, [program, "run", ...flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(suite, "exit");
    await once(suite.stdout, "data");
    const started = childrenOf(suite.pid);
    suite.stdout.resume();
    suite.kill("SIGTERM");
    const [code] = await ended;
    expect(code).to.equal(143);
    expect(started).not.to.deep.equal([]);
    for (const pid of started) expect(() => process.kill(pid, 0)).to.throw("ESRCH");
  });
});

function childrenOf(parent: number | undefined): readonly number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = rows.map((row) => row.trim().split(/ +/).map(Number));
  return pairs.filter(([, ppid]) => ppid === parent).flatMap(([pid]) => (pid === undefined ? [] : [pid]));
}
