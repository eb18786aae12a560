import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processIdentity, servicesOf } from "@theseus/runtime/control";
import { createScratchFolder, runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { theseus } from "./command-line.js";

const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["sail"], /unknown command 'sail'/],
  [["start", "--sail"], /unknown option '--sail'/],
  [["start", "--port", "http"], /--port <port>.*'http' is invalid.*from 0 \(any\) to 65535/],
  [["start", "--port", "65536"], /'65536' is invalid/],
  [["start", "--impl", "inventory"], /must have the form service=value/],
  [
    ["start", "--impl", "oars=go"],
    new RegExp(`There is no service "oars"\\.\\n  The services are ${servicesOf(topology).join(", ")}\\.`),
  ],
  [
    ["start", "--impl", "inventory=cobol"],
    /no implementation "cobol" of inventory .*\n {2}There is: .*typescript/,
  ],
  [["start", "--replicas", "inventory=0"], /must be from 1 to 9/],
  [
    ["start", "--allowed-host", "http://shop.example"],
    /"http:\/\/shop\.example" cannot be a host.*\n.*without a scheme/,
  ],
  [["swap", "oars", "--to", "go"], /Nobody can be asked here.*\n {2}--yes/],
  [["swap", "oars", "--yes"], /Say what is to run: --to/],
  [["swap", "--to", "go", "--yes"], /Name the service to swap, or all of them by --all/],
  [["swap", "oars", "--all", "--to", "go", "--yes"], /Name the service to swap/],
  [["swap", "oars", "--to", "go", "--calls", "0"], /must be 1 or more/],
  [["swap", "--pause", "--abort"], /--pause stands alone/],
  [["logs", "oars-1"], /There is no log of "oars-1"/],
  [["logs", "--lines", "many"], /must be a whole number/],
  [["logs", "--since", "yesterday"], /must be 30s, 5m, 2h or 1d, or a time/],
  [["logs", "--level", "loud"], /Allowed choices are trace, debug/],
  [["logs", "--grep", "("], /must be a regular expression/],
  [["mesh", "explain", "oars"], /There is no service "oars"\.\n {2}There are: /],
  [["mesh", "explain", "user", "--policy", "none.yaml"], /The policy in none\.yaml cannot be read/],
  [["load", "--rate", "0"], /must be a number above 0, to 10000/],
  [["load", "--rate", "fast"], /must be a number above 0, to 10000/],
  [["load", "--for", "5"], /must be how long, such as 30s, 5m/],
  [["load", "--in-flight", "0"], /must be 1 or more/],
  [["load", "--mix", "none.yaml"], /The mix in none\.yaml cannot be read: .*\n {2}docs\/operating\.md says/],
  ...(process.platform === "linux" ? wrongCosts() : []),
  [["cost", "--rounds", "1"], /must be 2 or more/],
  [["cost", "--calls", "301"], /must be from 1 to 300/],
  [["cost", "--telemetry", "collector"], /must be a URL, such as http/],
  [["explain", "a b"], /"a b" is neither an id of a request n/],
];

/** Elsewhere it says first that there is no /proc. */
function wrongCosts(): typeof wrong {
  return [
    [["cost", "--service", "oars", "--impl", "go,java"], /There is no service "oars"\.\n {2}There are: /],
    [["cost", "--impl", "go,java"], /--service and --impl belong together/],
    [
      ["cost", "--service", servicesOf(topology)[0] ?? "", "--impl", "go,go"],
      /--impl takes two implementations/,
    ],
    [["cost", "--mix", "none.yaml"], /The mix in none\.yaml cannot be read: /],
  ];
}

describe("theseus, asked for wrongly,", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;

  for (const [args, says] of wrong) {
    it(`refuses "${args.join(" ")}" with exit code 2 and no stack`, async () => {
      const { code, stdout, stderr } = await theseus(home, ...args);
      expect(stderr)
        .to.match(says)
        .and.not.match(/^\s+at /m);
      expect(stdout).to.equal("");
      expect(code).to.equal(2);
    });
  }
});

describe("theseus --help", () => {
  it("says how the command is run in any folder", async () => {
    const home = tmpdir();
    const { stdout } = await theseus(home, "--help");
    const [, command] = /^theseus is (node .+) in any folder/m.exec(stdout) ?? [];
    const { code, stdout: again } = await runToEnd(["sh", "-c", `${command} --help`], { cwd: "/" });
    expect([code, again]).to.deep.equal([0, stdout]);
  });
});

describe("theseus, when no shop runs,", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;

  for (const args of [
    ["status"],
    ["status", "--json"],
    ["endpoints"],
    ["pid", "user-1"],
    ["token"],
    ["load"],
  ]) {
    it(`says so to "${args.join(" ")}" with exit code 1`, async () => {
      const { code, stderr } = await theseus(home, ...args);
      expect(stderr).to.contain(`No shop runs in ${home}.`);
      expect(code).to.equal(1);
    });
  }

  it("is content with down", async () => {
    expect(await theseus(home, "down")).to.include({ code: 0, stdout: `No shop runs in ${home}.\n` });
  });
});

describe("theseus start", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;

  it("names a taken port, who has it, and the way out", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const { code, stderr } = await theseus(home, "start", "--port", port);
    server.close();
    expect(stderr)
      .to.contain(`Port ${port} for the gateway is taken`)
      .and.contain("choose another port with --port");
    expect(stderr).to.match(new RegExp(`taken( by .*pid ${process.pid}.*)?\\.`));
    expect(code).to.equal(1);
  });

  it("says who runs already in this home, and how to stop it", async () => {
    const lock = join(home, "lock");
    writeFileSync(lock, `${process.pid} ${processIdentity(process.pid)}`);
    const { code, stderr } = await theseus(home, "start");
    expect(stderr)
      .to.contain(`The shop runs already in ${home} (pid ${process.pid}).`)
      .and.contain("theseus down");
    expect(code).to.equal(1);
  });

  it("names a home that cannot be made", async () => {
    writeFileSync(join(home, "file"), "");
    const { code, stderr } = await theseus(join(home, "file", "home"), "start");
    expect(stderr)
      .to.contain(`The folder ${join(home, "file", "home")} cannot be made`)
      .and.not.match(/^\s+at /m);
    expect(code).to.equal(1);
  });
});

describe("theseus logs", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;
  before(() => {
    mkdirSync(join(home, "logs"));
    writeFileSync(join(home, "logs", "user-1.log"), '{"n":1}\n{"n":2}\n{"n":3}\n');
    writeFileSync(join(home, "logs", "user-1-envoy.log"), '{"n":4}\n');
  });

  it("shows the last lines of one instance", async () => {
    const { stdout } = await theseus(home, "logs", "user-1", "--lines", "2");
    expect(stdout).to.equal('{"n":2}\n{"n":3}\n');
  });

  it("shows those of all instances, each with its name", async () => {
    const { stdout } = await theseus(home, "logs", "-n", "1");
    expect(stdout).to.equal('user-1 | {"n":3}\nuser-1-envoy | {"n":4}\n');
  });

  describe("of many", () => {
    const at = (second: number) => `2026-01-02T03:04:0${second}.000Z`;
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const lines = {
      "a-1.log.1": [{ time: at(0), n: 0, request_id: "r-1" }],
      "a-1.log": [
        { time: at(1), n: 1, level: "info", request_id: "r-1", trace_id: trace },
        { time: at(4), n: 4, level: "error", err: { message: "the store is gone", stack: "far" } },
      ],
      "a-1-access.log": [
        {
          time: at(2),
          n: 2,
          listener: "mesh",
          traceparent: `00-${trace}-00f067aa0ba902b7-01`,
          grpc_status: "OK",
        },
        { time: at(3), n: 3, listener: "mesh", grpc_status: "UNAVAILABLE" },
      ],
    };
    const many = join(scratch.path, "many");
    before(() => {
      mkdirSync(join(many, "logs"), { recursive: true });
      for (const [file, records] of Object.entries(lines))
        writeFileSync(join(many, "logs", file), records.map((each) => `${JSON.stringify(each)}\n`).join(""));
    });
    const numbers = async (...args: readonly string[]) => {
      const { stdout } = await theseus(many, "logs", ...args);
      return [...stdout.matchAll(/"n":(\d)/g)].map(([, n]) => Number(n));
    };

    it("are in the order of time", async () => {
      expect(await numbers()).to.eql([1, 2, 3, 4]);
    });

    const filters: readonly (readonly [args: readonly string[], found: readonly number[]])[] = [
      [
        ["--request", "r-1"],
        [0, 1],
      ],
      [
        ["--request", trace],
        [1, 2],
      ],
      [
        ["--since", at(3)],
        [3, 4],
      ],
      [
        ["--level", "warn"],
        [3, 4],
      ],
      [["--level", "error"], [4]],
      [["--grep", "store.*gone"], [4]],
      [
        ["--since", at(1), "--lines", "1"],
        [3, 4],
      ],
    ];
    for (const [args, found] of filters)
      it(`are those that are asked for: ${args.join(" ")}`, async () => {
        expect(await numbers(...args)).to.eql(found);
      });
  });
});
