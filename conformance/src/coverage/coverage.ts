import { type DescMethod, fromBinary, type Message, type Registry } from "@bufbuild/protobuf";
import { pathToString, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { type Contract, findPolicy, readOnce, reasonName } from "@theseus/kit/contract";
import type { Case } from "../cases/case.js";
import { rulesOf } from "../contract/rules.js";
import type { Observation } from "./observation.js";

/** What the contract asks for, each as one line, and which of it the cases that passed have shown. */
export interface Coverage {
  readonly wanted: readonly string[];
  readonly shown: ReadonlySet<string>;
}

/** Everything that the contract of a service asks for, and every row of clauses.yaml for it. */
export function wantedOf(contract: Contract, service: string, clauses: readonly string[]): readonly string[] {
  const methods = [...contract.methods.values()].filter(({ parent }) => parent.typeName === service);
  return [
    ...methods.flatMap((method) => ofMethod(method, contract.registry)),
    ...clauses.map((clause) => `clause ${clause}`),
  ];
}

function ofMethod(method: DescMethod, registry: Registry): readonly string[] {
  return [
    `method ${method.name}`,
    ...(findPolicy(method)?.reasons ?? []).map((reason) => `reason ${method.name} ${reasonName(reason)}`),
    ...rulesOf(method, registry).flatMap(({ path, id }) => {
      const rule = `rule ${method.name} ${path || "(request)"} ${id}`;
      return [`${rule} broken`, `${rule} kept`];
    }),
  ];
}

/** Counts what calls show. */
export class CoverageCounter {
  readonly #shown = new Set<string>();
  readonly #registry: Registry;
  readonly #validator: Validator;
  readonly #rulesOf = readOnce((method: DescMethod) => rulesOf(method, this.#registry));

  /** Of a service of a contract. */
  constructor(
    { registry }: Contract,
    readonly service: string,
  ) {
    this.#registry = registry;
    this.#validator = createValidator({ registry });
  }

  /** A case that passed proves its clauses. */
  passed(test: Case): void {
    for (const clause of test.clauses) this.#shown.add(`clause ${clause}`);
  }

  observe({ method, messages, ok, reason }: Observation): void {
    if (method.parent.typeName !== this.service) return;
    if (ok) this.#shown.add(`method ${method.name}`);
    if (reason !== undefined) this.#shown.add(`reason ${method.name} ${reason}`);
    if (reason === "REQUEST_MALFORMED") return;
    for (const bytes of messages) this.#observeRules(method, bytes, reason === "VALIDATION_FAILED");
  }

  get shown(): ReadonlySet<string> {
    return this.#shown;
  }

  #observeRules(method: DescMethod, bytes: Uint8Array, refused: boolean): void {
    const message = read(method, bytes);
    if (message === undefined) return;
    const result = this.#validator.validate(method.input, message);
    const broken = new Set<string>();
    if (result.kind === "invalid") {
      for (const { field, ruleId } of result.violations) {
        broken.add(`${pathToString(field).replace(/\[\d+\]/g, "") || "(request)"} ${ruleId}`);
      }
    }
    const present = new Set(presentPaths(reflect(method.input, message), ""));
    for (const { path, id } of this.#rulesOf(method)) {
      const at = `${path || "(request)"} ${id}`;
      if (broken.has(at)) {
        if (refused) this.#shown.add(`rule ${method.name} ${at} broken`);
      } else if (!refused && (path === "" || present.has(path))) {
        this.#shown.add(`rule ${method.name} ${at} kept`);
      }
    }
  }
}

/** Undefined for bytes that are no request, which no answer says anything about the rules of. */
function read(method: DescMethod, bytes: Uint8Array): Message | undefined {
  try {
    return fromBinary(method.input, bytes);
  } catch {
    return undefined;
  }
}

function* presentPaths(message: ReflectMessage, above: string): Iterable<string> {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const path = above === "" ? field.name : `${above}.${field.name}`;
    yield path;
    if (field.fieldKind === "message") yield* presentPaths(message.get(field), path);
    if (field.fieldKind === "list" && field.listKind === "message") {
      for (const entry of message.get(field)) yield* presentPaths(entry as ReflectMessage, path);
    }
  }
}
