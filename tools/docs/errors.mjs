// npm run docs — writes docs/errors.md: every reason of the contract, with the HTTP status that the gateway gives it, and
// every quota.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { GATEWAY_REASONS } from "../../gateway/dist/src/errors/gateway-error.js";
import { httpStatusOf } from "../../gateway/dist/src/errors/status-table.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

const HEAD = `# Reasons of errors

<!-- Do not edit: made from proto/ by npm run docs, and checked by npm test. -->

A call that fails says why with one of these, as \`google.rpc.ErrorInfo.reason\` with the domain \`theseus\`: in gRPC among
the status details, over HTTP among the \`details\` of the body's \`error\`. Branch on the reason, never on the text. "May be
repeated" means that the same call can succeed later, after this long; the status then carries \`google.rpc.RetryInfo\`,
over HTTP as \`Retry-After\`. A method answers the reasons of "any method" and those that name it, no others.

| reason | gRPC | HTTP | may be repeated | meaning | answered by |
|---|---|---|---|---|---|
`;

const QUOTAS = `
## Quotas

How much one party may have before a method answers \`QUOTA_EXCEEDED\`, whose metadata names the quota (\`quota\`) and
its limit (\`limit\`). "Now" counts what there is, a time what was within it. The conformance suite
asks every implementation for the refusals above them.

| method | quota | whose | most | within |
|---|---|---|---|---|
`;

/** @import { DescEnum, DescEnumValue, FileRegistry } from "@bufbuild/protobuf" */

/**
 * Every reason that the contract declares, in the order of its numbers.
 * @param {string} root  the checkout, built
 * @returns {{name: string, code: number, status: string, http: number, retryAfter: string | undefined, meaning: string, answeredBy: string[]}[]}
 */
export function errorReasons(root) {
  const registry = readContract(root);
  const reasons = found(registry.getEnum("theseus.error.v1.ErrorReason"));
  const codes = found(registry.getEnum("google.rpc.Code"));
  const declaring = methodsByReason(registry);
  const values = reasons.values.filter(({ number }) => number !== 0).sort((a, b) => a.number - b.number);
  return values.map((value) => {
    const { code, common, retryAfter } = ruleOf(registry, value);
    const methods = declaring.get(value.number) ?? [];
    const refusal = Object.entries(GATEWAY_REASONS).find(([name]) => name === value.name)?.[1];
    const elsewhere = refusal === undefined ? [] : ["the gateway"];
    return {
      name: value.name,
      code,
      status: found(codes.value[code]).name,
      http: refusal?.http ?? httpStatusOf(code),
      retryAfter: retryAfter && `${Number(retryAfter.seconds) + retryAfter.nanos / 1e9} s`,
      meaning: leadingComment(reasons, value),
      answeredBy: common ? ["any method"] : methods.length > 0 ? methods : elsewhere,
    };
  });
}

/**
 * docs/errors.md as it should be.
 * @param {string} root  the checkout, built
 */
export function errorsPage(root) {
  const rows = errorReasons(root).map(({ name, status, http, retryAfter, meaning, answeredBy }) =>
    [`\`${name}\``, status, http, retryAfter ?? "–", meaning, answeredBy.join(", ")].join(" | "),
  );
  return `${HEAD}${table(rows)}${QUOTAS}${table(quotaRows(readContract(root)))}`;
}

/** @param {readonly string[]} rows */
function table(rows) {
  return rows.map((row) => `| ${row} |\n`).join("");
}

/** @param {FileRegistry} registry */
function quotaRows(registry) {
  const option = found(registry.getExtension("theseus.quota.v1.quotas"));
  const scopes = found(registry.getEnum("theseus.quota.v1.Scope"));
  return methodsOf(registry).flatMap((method) => {
    const quotas = /** @type {{name: string, scope: number, limit: bigint, window?: {seconds: bigint}}[]} */ (
      getOption(method, option)
    );
    return quotas.map(({ name, scope, limit, window }) => {
      const whose = found(scopes.value[scope]).name.replace("SCOPE_", "").toLowerCase();
      const within = window ? `${window.seconds} s` : "now";
      return [`${method.parent.name}.${method.name}`, `\`${name}\``, whose, limit, within].join(" | ");
    });
  });
}

/**
 * The contract with its comments.
 * @param {string} root
 */
function readContract(root) {
  const buf = join(root, "node_modules/@bufbuild/buf/bin/buf");
  const args = ["build", "proto", "--as-file-descriptor-set", "-o", "-"];
  const bytes = execFileSync(process.execPath, [buf, ...args], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}

/**
 * Every method of the contract.
 * @param {FileRegistry} registry
 */
function methodsOf(registry) {
  return [...registry.files].flatMap(({ services }) => services.flatMap(({ methods }) => methods));
}

/**
 * What the contract says of a reason; `retryAfter` as a duration.
 * @param {FileRegistry} registry
 * @param {DescEnumValue} value
 * @returns {{code: number, common: boolean, retryAfter?: {seconds: bigint, nanos: number}}}
 */
function ruleOf(registry, value) {
  return /** @type {never} */ (getOption(value, found(registry.getExtension("theseus.error.v1.rule"))));
}

/**
 * @param {FileRegistry} registry
 * @returns {Map<number, string[]>}
 */
function methodsByReason(registry) {
  const declared = found(registry.getExtension("theseus.mesh.v1.errors"));
  const methods = new Map();
  for (const method of methodsOf(registry)) {
    for (const number of /** @type {number[]} */ (getOption(method, declared))) {
      methods.set(number, [...(methods.get(number) ?? []), `${method.parent.name}.${method.name}`].sort());
    }
  }
  return methods;
}

/**
 * @param {DescEnum} enumeration
 * @param {DescEnumValue} value
 */
function leadingComment(enumeration, value) {
  const path = [5, enumeration.file.enums.indexOf(enumeration), 2, enumeration.values.indexOf(value)].join();
  const locations = enumeration.file.proto.sourceCodeInfo?.location ?? [];
  const comment = locations.find((location) => location.path.join() === path)?.leadingComments ?? "";
  return comment.trim().replace(/\s+/g, " ").replaceAll("|", "\\|");
}

/**
 * @template T
 * @param {T | undefined} value
 * @returns {T}
 */
function found(value) {
  if (value === undefined) throw new Error("the contract does not have what its reasons need");
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(ROOT, "docs/errors.md"), errorsPage(ROOT));
