import { create, getExtension, hasExtension, setExtension } from "@bufbuild/protobuf";
import {
  type FileDescriptorSet,
  type MethodDescriptorProto,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { errors, type Policy, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { Auth, ContractError, ErrorReason } from "@theseus/kit/contract";
import { expect } from "chai";
import { callersOf, compilePolicy, externalsOf, peersOf } from "../../src/policy/index.js";
import { contractBytes, contractPolicy, spellOut } from "../harness/contract-policy.js";
import { topology } from "../harness/topology.js";

const userService = "theseus.user.v1.UserService";

describe("The mesh's policy", () => {
  const compiled = contractPolicy();
  const method = (path: string) => compiled.methods.find((candidate) => candidate.path === path);

  it("says everything about a method that the contract says", () => {
    expect(method(`/${userService}/GetUser`)).to.deep.equal({
      path: `/${userService}/GetUser`,
      service: userService,
      clientStreaming: false,
      serverStreaming: false,
      http: [{ httpMethod: "GET", segments: [{ literal: "v1" }, { literal: "users" }, "*"] }],
      timeoutMs: 2000,
      idempotency: "no-side-effects",
      callers: ["gateway", "payment"],
      allow: [
        { caller: "gateway", auth: Auth.USER },
        { caller: "payment", auth: Auth.NONE },
      ],
      maxRequestBytes: 65_536,
      isSizeOfOverlay: false,
    });
  });

  it("keeps rates, streams and idempotency levels apart", () => {
    expect(method(`/${userService}/SignIn`)).to.deep.include({
      idempotency: "unset",
      rate: { requestsPerSecond: 10, burst: 20 },
    });
    expect(method("/theseus.inventory.v1.InventoryService/SyncStock")).to.include({
      clientStreaming: true,
      serverStreaming: true,
    });
    expect(method("/theseus.payment.v1.PaymentService/CreatePayment")).to.include({
      idempotency: "idempotent",
    });
  });

  it("knows every error reason with its status and its wait", () => {
    expect(compiled.reasons).to.deep.include({
      reason: "RATE_LIMITED",
      code: 8,
      common: true,
      retryAfterMs: 1000,
    });
    expect(compiled.reasons).to.deep.include({ reason: "CALLER_DENIED", code: 7, common: true });
  });

  it("is plain data", () => {
    expect(JSON.parse(JSON.stringify(compiled))).to.deep.equal(compiled);
  });

  it("tells who calls whom", () => {
    expect(callersOf(compiled, topology, "user")).to.deep.equal(["gateway", "payment"]);
    expect(callersOf(compiled, topology, "gateway")).to.deep.equal([]);
    expect(peersOf(compiled, topology, "payment")).to.deep.equal(["inventory", "user"]);
    expect(externalsOf(compiled, topology, "payment")).to.deep.equal(["provider"]);
    expect(peersOf(compiled, topology, "user")).to.deep.equal([]);
  });
});

describe("A contract with faults", () => {
  const cases: readonly (readonly [string, (method: MethodDescriptorProto) => void])[] = [
    ["has no policy", (method) => delete method.options],
    ["has no timeout", changed((value) => delete value.timeout)],
    ["has no timeout", changed((value) => Object.assign(value.timeout ?? {}, { seconds: 0n }))],
    ["has no max_request_bytes", changed((value) => Object.assign(value, { maxRequestBytes: 0 }))],
    ["allows no caller", changed((value) => value.allow.splice(0))],
    [
      'allows the unknown workload "stranger"',
      changed(({ allow: [way] }) => Object.assign(way ?? {}, { caller: "stranger" })),
    ],
    [
      'does not say what a call of "gateway" must prove',
      changed(({ allow: [way] }) => Object.assign(way ?? {}, { auth: 0 })),
    ],
    ['allows "gateway PUBLIC" twice', changed(({ allow }) => allow.push(...allow))],
    [
      "rate lets no call through",
      changed((value) => Object.assign(value.rate ?? {}, { requestsPerSecond: 0 })),
    ],
    [
      "rate's burst is below requests_per_second",
      changed((value) => Object.assign(value.rate ?? {}, { burst: 1 })),
    ],
    [
      "declares an unspecified error",
      (method) => declare(method, [ErrorReason.ERROR_REASON_UNSPECIFIED, ErrorReason.QUOTA_EXCEEDED]),
    ],
    ["declares QUOTA_EXCEEDED twice", (method) => declare(method, Array(2).fill(ErrorReason.QUOTA_EXCEEDED))],
  ];
  for (const [fault, breakIt] of cases) {
    it(`is refused when a method ${fault}`, () => {
      const faults = faultsOf((set) => {
        spellOut(set);
        breakIt(methodOf(set, "SignIn"));
      });
      expect(faults).to.deep.equal([`${userService}.SignIn: ${fault}`]);
    });
  }

  it("is refused when a service has no place in the topology, or the topology a service too many", () => {
    const faults = faultsOf((set) => {
      const [service] = set.file.find(({ name }) => name.endsWith("user_service.proto"))?.service ?? [];
      Object.assign(service ?? {}, { name: "PeopleService" });
    });
    expect(faults).to.deep.equal([
      `${userService}: in the topology, not in the contract`,
      "theseus.user.v1.PeopleService: nobody serves it",
    ]);
  });

  it("is refused when a reason has no status code", () => {
    const faults = faultsOf((set) => {
      const reasons = set.file.flatMap((file) => file.enumType).find(({ name }) => name === "ErrorReason");
      delete reasons?.value.find(({ name }) => name === "EMAIL_TAKEN")?.options;
    });
    expect(faults).to.deep.equal(["theseus.error.v1.ErrorReason.EMAIL_TAKEN: has no status code"]);
  });

  it("is refused with all its faults at once", () => {
    const faults = faultsOf((set) => {
      spellOut(set);
      for (const name of ["GetUser", "ListUsers"])
        changed((value) => delete value.timeout)(methodOf(set, name));
    });
    expect(faults).to.deep.equal([
      `${userService}.GetUser: has no timeout`,
      `${userService}.ListUsers: has no timeout`,
    ]);
  });
});

function faultsOf(breakIt: (set: FileDescriptorSet) => void): readonly string[] {
  try {
    compilePolicy(contractBytes(breakIt), topology);
    return [];
  } catch (error) {
    if (error instanceof ContractError) return error.faults;
    throw error;
  }
}

function changed(change: (value: Policy) => void): (method: MethodDescriptorProto) => void {
  return ({ options }) => {
    if (options === undefined || !hasExtension(options, policy)) throw new Error("no policy to change");
    const value = getExtension(options, policy);
    change(value);
    setExtension(options, policy, value);
  };
}

function declare(method: MethodDescriptorProto, reasons: readonly ErrorReason[]): void {
  method.options ??= create(MethodOptionsSchema);
  setExtension(method.options, errors, [...reasons]);
}

function methodOf(set: FileDescriptorSet, name: string): MethodDescriptorProto {
  const methods = set.file.flatMap((file) => file.service).flatMap((service) => service.method);
  const found = methods.find((method) => method.name === name);
  if (found === undefined) throw new Error(`no method ${name}`);
  return found;
}
