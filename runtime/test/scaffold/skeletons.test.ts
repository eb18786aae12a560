import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Fault } from "../../src/fault.js";
import { applicationProcess, launch, readImplementation } from "../../src/index.js";
import { languages } from "../../src/scaffold/index.js";
import { badRequestOf, methodsOf, writingMethodsOf } from "./bad-requests.js";
import { callMethod } from "./call-method.js";
import { CheckoutCopy } from "./checkout-copy.js";
import { missingToolchain, titled } from "./toolchain.js";

/** Cases that need no RPC of the service. */
const wanted = [
  "protocol/health/check",
  "protocol/health/stop",
  "protocol/health/watch-deadline",
  "protocol/health/watch-unknown",
  "protocol/launch/any-port",
  "protocol/launch/bounded",
  "protocol/launch/faults",
  "protocol/launch/listening",
  "protocol/launch/standby-path",
  "protocol/launch/standby-stop",
  "protocol/launch/standby-watch",
  "protocol/launch/store-url-file",
  "protocol/launch/store-url-file-both",
  "protocol/launch/store-url-file-faults",
  "protocol/launch/wrong",
  "protocol/messages/unknown-method",
  "protocol/reflection/contract",
  "protocol/reflection/services",
  "protocol/telemetry/durations",
  "protocol/telemetry/endpoint",
  "protocol/telemetry/records",
  "protocol/telemetry/redacted",
  "protocol/telemetry/spans",
];
const services: Readonly<Record<string, string>> = {
  go: "payment",
  java: "inventory",
  python: "user",
  rust: "inventory",
  typescript: "payment",
};

describe("theseus new-impl", () => {
  let checkout: CheckoutCopy;

  before(() => {
    checkout = new CheckoutCopy();
  });
  after(() => checkout[Symbol.dispose]());

  for (const language of languages()) {
    const service = services[language] ?? "inventory";
    const name = `${language}-skeleton`;
    const missing = missingToolchain(language);
    const test = missing === undefined ? it : it.skip;
    const folder = () => join(checkout.path, "services", service, name);

    describe(`${service} --lang ${language}`, () => {
      test(titled("builds, starts and passes the cases of the protocol", missing), async () => {
        const begun = await checkout.run(
          `npx theseus new-impl ${service} --lang ${language} --dir services/${service}/${name}`,
        );
        expect(begun.code, begun.output).to.equal(0);
        const suite = `npx theseus-conformance run --service ${service} --impl ${name} --case 'protocol/*'`;
        const { output } = await checkout.run(`${suite} --json results.json || true`);
        const results = readResults(checkout, output);
        const missed = wanted.filter((test) => results.get(test)?.outcome !== "passed");
        const told = missed.map((test) => `${test}: ${results.get(test)?.why ?? "was not run"}`);
        // First what is missing: a summary tells the beginning.
        if (told.length > 0) expect.fail(`${told.join("; ")}\n${output}`);
        expect(output).to.include("missing:").and.to.include("health.watch: protocol/health/store");
      });

      test(titled("answers every RPC with a reason", missing), async () => {
        await using app = await start(folder(), checkout.path);
        for (const path of methodsOf(service)) {
          const { status, reason, domain } = await callMethod(app.address, path);
          expect(domain, `${path}: ${status}`).to.equal("theseus");
          // What holds for every call comes first; in TypeScript the kit has all of it.
          const access = language === "typescript" ? ["TOKEN_MISSING", "CALLER_DENIED"] : [];
          expect(["UNIMPLEMENTED", "VALIDATION_FAILED", ...access], path).to.include(reason);
        }
      });

      test(titled("refuses what writes while it is in standby, and nothing else", missing), async () => {
        const standby = join(checkout.path, `${name}-standby`);
        writeFileSync(standby, "");
        await using app = await start(folder(), checkout.path, { LAUNCH_STANDBY_FILE: standby });
        const writing = writingMethodsOf(service);
        const refused = async () => {
          const answers = await Promise.all(methodsOf(service).map((path) => callMethod(app.address, path)));
          return methodsOf(service).filter((_, at) => answers[at]?.reason === "SERVICE_UNAVAILABLE");
        };
        expect(await refused()).to.deep.equal(writing);
        rmSync(standby);
        while ((await refused()).length > 0);
      });

      test(titled("refuses what breaks a rule of the contract's own", missing), async () => {
        await using app = await start(folder(), checkout.path);
        const { path, request, violations } = badRequestOf(service);
        const claims = { sub: "sailors/ann", roles: [], sid: "s" };
        const answer = await callMethod(app.address, path, { request, claims });
        expect(answer).to.include({ status: "INVALID_ARGUMENT", reason: "VALIDATION_FAILED" });
        expect(answer.violations).to.have.deep.members(violations);
      });

      test(titled("does not start on a contract that leaves a limit open", missing), async () => {
        const file = join(checkout.path, `proto/theseus/${service}/v1/${service}_service.proto`);
        const contract = readFileSync(file, "utf8");
        writeFileSync(file, contract.replace(SERVICE_POLICY, ""));
        try {
          const built = await checkout.run(`cd ${folder()} && sh build.sh`);
          expect(built.code, built.output).to.equal(0);
          const { problem } = await start(folder(), checkout.path).then(
            async (app) => {
              await app[Symbol.asyncDispose]();
              return expect.fail("it starts");
            },
            (fault: Fault) => fault,
          );
          for (const path of methodsOf(service)) {
            const method = path.slice(1).replace("/", ".");
            expect(problem).to.match(new RegExp(`${method}: (has no|allows)`));
          }
          expect(problem).to.match(/: has no (policy|max_request_bytes)/);
        } finally {
          writeFileSync(file, contract);
          await checkout.run("node tools/generate.mjs");
        }
      });
    });
  }
});

interface CaseOutcome {
  readonly name: string;
  readonly outcome: string;
  readonly why?: string;
}

function readResults({ path }: CheckoutCopy, output: string): ReadonlyMap<string, CaseOutcome> {
  expect(output).to.match(/\d+ passed, \d+ failed/);
  const { results } = JSON.parse(readFileSync(join(path, "results.json"), "utf8")) as {
    readonly results: readonly CaseOutcome[];
  };
  return new Map(results.map((result) => [result.name, result]));
}

/** The service's option. Without it no method has a largest request, and a way in without a name has none to take. */
const SERVICE_POLICY = /^ {2}option \(theseus\.mesh\.v1\.service_policy\) = \{\n(.*\n)*? {2}\};\n/m;

/** Without a store: the process starts, and health says so. */
async function start(folder: string, scratch: string, more: Readonly<Record<string, string>> = {}) {
  const keys = join(scratch, "keys.json");
  writeFileSync(keys, '{"keys":[]}', { mode: 0o600 });
  const app = await launch(
    applicationProcess({
      name: "skeleton",
      implementation: readImplementation(join(folder, "implementation.json")),
      listen: "127.0.0.1:0",
      variables: {
        REDIS_URL: "redis://127.0.0.1:1",
        MONGODB_URL: "mongodb://127.0.0.1:1/shop",
        MESH: "127.0.0.1:1",
        SIGNING_KEYS: keys,
        TRUST_DOMAIN: "fleet.test",
        TOKEN_SUBJECT_PREFIX: "sailors/",
        ADMIN_ROLE: "captain",
        TOKEN_ISSUER: "https://issuer.test",
        TOKEN_AUDIENCE: "sailors",
        ...more,
      },
      logs: scratch,
      env: process.env,
    }),
  );
  return { address: app.address, [Symbol.asyncDispose]: async () => void (await app.stop()) };
}
