import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { expect } from "chai";
import { applicationProcess, launch, readImplementation } from "../../src/index.js";
import { languages } from "../../src/scaffold/index.js";
import { callMethod } from "./call-method.js";
import { CheckoutCopy } from "./checkout-copy.js";
import { missingToolchain, titled } from "./toolchain.js";

/** Cases that need no RPC of the service. */
const wanted = [
  "protocol/health/check",
  "protocol/health/stop",
  "protocol/health/watch-unknown",
  "protocol/launch/any-port",
  "protocol/launch/faults",
  "protocol/launch/listening",
  "protocol/launch/wrong",
  "protocol/messages/unknown-method",
  "protocol/reflection/contract",
  "protocol/reflection/services",
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
        expect(wanted.filter((test) => results.get(test) !== "passed")).to.deep.equal([], output);
        expect(output).to.include("missing:").and.to.include("health.watch: protocol/health/store");
      });

      test(titled("answers every RPC with a reason", missing), async () => {
        await using app = await start(folder(), checkout.path);
        for (const path of methodsOf(service)) {
          const { status, reason, domain } = await callMethod(app.address, path);
          expect(domain, `${path}: ${status}`).to.equal("theseus");
          // The kit comes first with what holds for every call.
          const before =
            language === "typescript" ? ["TOKEN_MISSING", "CALLER_DENIED", "VALIDATION_FAILED"] : [];
          expect(["UNIMPLEMENTED", ...before], path).to.include(reason);
        }
      });
    });
  }
});

function readResults({ path }: CheckoutCopy, output: string): ReadonlyMap<string, string> {
  expect(output).to.match(/\d+ passed, \d+ failed/);
  const { results } = JSON.parse(readFileSync(join(path, "results.json"), "utf8")) as {
    readonly results: readonly { readonly name: string; readonly outcome: string }[];
  };
  return new Map(results.map(({ name, outcome }) => [name, outcome]));
}

/** Without a store: the process starts, and health says so. */
async function start(folder: string, scratch: string) {
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
      },
      logs: scratch,
      env: process.env,
    }),
  );
  return { address: app.address, [Symbol.asyncDispose]: async () => void (await app.stop()) };
}

function methodsOf(service: string): readonly string[] {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSetBytes()));
  const found = [...registry].filter((type) => type.kind === "service");
  return found
    .filter(({ typeName }) => typeName.startsWith(`theseus.${service}.v1.`))
    .flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`));
}
