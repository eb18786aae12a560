import { create, fromBinary, type MessageInitShape, setExtension, toBinary } from "@bufbuild/protobuf";
import {
  anyPack,
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  type MethodDescriptorProto,
  MethodOptions_IdempotencyLevel,
  type ServiceDescriptorProto,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import {
  errors,
  PolicySchema,
  policy,
  service_policy,
} from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { QuotaSchema, quotas, Scope } from "@theseus/contract/es/theseus/quota/v1/quota_pb.js";
import { expect } from "chai";
import {
  Auth,
  Code,
  ContractError,
  decodeStatus,
  ErrorReason,
  encodeStatus,
  findPolicy,
  parseContract,
  policyFaults,
  policyOf,
  quotasOf,
  readDetails,
  resumeFieldsOf,
  usesPolicies,
} from "../src/contract/index.js";

const GET_ITEM = "/theseus.inventory.v1.InventoryService/GetItem";

describe("the policy of a method", () => {
  it("is what its options say", () => {
    const { timeoutMs, maxRequestBytes, allow, reasons } = policyOf(methodOf(descriptorSetBytes()));
    expect({ timeoutMs, maxRequestBytes, reasons }).to.deep.equal({
      timeoutMs: 2000,
      maxRequestBytes: 65_536,
      reasons: [ErrorReason.ITEM_NOT_FOUND],
    });
    expect(allow.map(({ caller }) => caller)).to.deep.equal(["gateway"]);
  });

  it("takes the place of its service's, field by field", () => {
    const shared = {
      timeout: { seconds: 7n },
      allow: [{ caller: "gateway", auth: Auth.ADMIN }],
      rate: { requestsPerSecond: 5, burst: 6 },
      maxRequestBytes: 1000,
    };
    const read = (own: MessageInitShape<typeof PolicySchema>) => {
      const { timeoutMs, allow, rate, maxRequestBytes } = policyOf(methodOf(withPolicies(shared, own)));
      return { timeoutMs, allow, rate, maxRequestBytes };
    };
    const inherited = { timeoutMs: 7000, allow: shared.allow, rate: shared.rate, maxRequestBytes: 1000 };
    expect(read({})).to.deep.equal(inherited);
    expect(read({ timeout: { nanos: 500_000_000 } })).to.deep.equal({ ...inherited, timeoutMs: 500 });
    expect(read({ maxRequestBytes: 1 })).to.deep.equal({ ...inherited, maxRequestBytes: 1 });
    const rate = { requestsPerSecond: 1, burst: 2 };
    expect(read({ rate })).to.deep.equal({ ...inherited, rate });
    const payment = { caller: "payment", auth: Auth.NONE };
    expect(read({ allow: [payment] })).to.deep.equal({ ...inherited, allow: [payment] });
    const user = { caller: "gateway", auth: Auth.USER };
    expect(read({ allow: [{ auth: Auth.USER }, payment] }).allow).to.deep.equal([user, payment]);
  });

  it("may leave a caller out only where its service names a single one", () => {
    const two = ["gateway", "payment"].map((caller) => ({ caller, auth: Auth.NONE }));
    const limits = { timeout: { seconds: 1n }, maxRequestBytes: 1 };
    for (const allow of [[], two]) {
      const method = methodOf(withPolicies({ ...limits, allow }, { allow: [{ auth: Auth.USER }] }));
      expect(() => policyOf(method)).to.throw(ContractError, "allows a caller without a name");
    }
  });

  it("may not be silent: every fault is named with the method", () => {
    const silent = methodOf(
      changed((method, service) => {
        delete method.options;
        delete service.options;
      }),
    );
    expect(() => policyOf(silent)).to.throw(ContractError, "InventoryService.GetItem: has no policy");
    expect(findPolicy(silent)).to.equal(undefined);
    expect(faultsOf(withPolicies({}, {}))).to.deep.equal([
      "has no timeout",
      "has no max_request_bytes",
      "allows no caller",
    ]);
  });

  it("declares the reason of its quotas, and each quota in full", () => {
    const quotaFaults = (...declared: MessageInitShape<typeof QuotaSchema>[]) =>
      faultsOf(
        changed(({ options }) => {
          const messages = declared.map((quota) => create(QuotaSchema, quota));
          if (options) setExtension(options, quotas, messages);
        }),
      );
    expect(quotaFaults()).to.deep.equal([]);
    expect(quotaFaults({ name: "open", scope: Scope.USER, limit: 1n })).to.deep.equal([
      "has quotas and does not declare QUOTA_EXCEEDED",
    ]);
    expect(quotaFaults({}, { name: "open", scope: Scope.USER, limit: 1n, window: {} })).to.deep.equal([
      "has quotas and does not declare QUOTA_EXCEEDED",
      "has a quota without a name",
      'quota "" does not say whose',
      'quota "" lets nothing through',
      'quota "open" has an empty window',
    ]);
  });

  it("tells its quotas, in their order", () => {
    const declared: readonly MessageInitShape<typeof QuotaSchema>[] = [
      { name: "open", scope: Scope.ACCOUNT, limit: 2n ** 60n },
      { name: "past", scope: Scope.SOURCE, limit: 2n, window: { seconds: 60n } },
    ];
    const method = methodOf(
      changed(({ options }) => {
        const messages = declared.map((quota) => create(QuotaSchema, quota));
        if (options) setExtension(options, quotas, messages);
      }),
    );
    expect(quotasOf(method)).to.deep.equal([
      { name: "open", scope: Scope.ACCOUNT, limit: 2n ** 60n },
      { name: "past", scope: Scope.SOURCE, limit: 2n, windowMs: 60_000 },
    ]);
    expect(quotasOf(methodOf(changed(() => undefined)))).to.deep.equal([]);
  });

  it("is not that of another contract's options with the same numbers", () => {
    const bytes = changed(
      ({ options }) => {
        if (options === undefined) return;
        setExtension(options, quotas, [create(QuotaSchema)]);
        setExtension(options, errors, [ErrorReason.ERROR_REASON_UNSPECIFIED]);
      },
      (file) => {
        file.dependency = file.dependency.filter((name) => !/^theseus\/(mesh|quota)\//.test(name));
      },
    );
    expect(usesPolicies(methodOf(bytes))).to.equal(false);
    expect(findPolicy(methodOf(bytes))).to.equal(undefined);
    expect(faultsOf(bytes)).to.deep.equal(["has no policy"]);
  });
});

describe("a stream that only reads", () => {
  it("can be resumed wherever the contract has one", () => {
    const streams = [...parseContract(descriptorSetBytes()).methods.values()].filter(
      ({ methodKind, idempotency }) =>
        methodKind === "server_streaming" && idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    );
    expect(streams.map(({ name }) => name).sort()).to.deep.equal(["WatchPayment", "WatchStock"]);
    for (const method of streams) {
      const { request, response } = resumeFieldsOf(method) ?? {};
      expect([request?.parent, response?.parent], method.name).to.deep.equal([method.input, method.output]);
    }
  });

  it("is nothing that another method is, or a stream with a token on one side alone", () => {
    expect(resumeFieldsOf(methodOf(descriptorSetBytes()))).to.equal(undefined);
    const watch = (change: (message: DescriptorProto) => unknown) => {
      const bytes = changed(
        () => {},
        ({ messageType }) => messageType.forEach(change),
      );
      return resumeFieldsOf(methodOf(bytes, "/theseus.inventory.v1.InventoryService/WatchStock"));
    };
    expect(watch(() => {})).to.not.equal(undefined);
    const rename = (message: DescriptorProto) => {
      for (const field of message.field) if (field.name === "resume_token") field.name = "token";
    };
    expect(watch((message) => message.name === "WatchStockRequest" && rename(message))).to.equal(undefined);
    expect(watch((message) => message.name === "WatchStockResponse" && rename(message))).to.equal(undefined);
  });
});

describe("a contract", () => {
  it("is refused when it is no descriptor set or lacks an import", () => {
    expect(() => parseContract(Buffer.from("no"))).to.throw(ContractError, "not a FileDescriptorSet");
    const set = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
    const file = set.file.filter(({ name }) => name.endsWith("/inventory_service.proto"));
    const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
    expect(() => parseContract(bytes)).to.throw(ContractError, "with all its imports");
  });
});

describe("the details of a status", () => {
  it("come back as they were sent", () => {
    const violations = [{ field: "lines[0].item", rule: "required", message: "must be given" }];
    const metadata = { item: "items/oar" };
    const parts = { code: Code.ABORTED, message: "öl", reason: "SOLD_OUT", metadata, violations };
    const status = decodeStatus(encodeStatus({ ...parts, retryAfterMs: 1500 }));
    expect([status?.code, status?.message]).to.deep.equal([Code.ABORTED, "öl"]);
    expect(readDetails(status?.details ?? [])).to.deep.equal({
      reason: "SOLD_OUT",
      domain: "theseus",
      metadata,
      violations,
      retryAfterMs: 1500,
      unreadable: false,
    });
  });

  it("pass over what is of another kind, and tell of what cannot be read", () => {
    const other = anyPack(TimestampSchema, create(TimestampSchema));
    expect(readDetails([other])).to.deep.equal({ metadata: {}, unreadable: false });
    const damaged = {
      ...other,
      typeUrl: "type.googleapis.com/google.rpc.ErrorInfo",
      value: new Uint8Array([255]),
    };
    expect(readDetails([damaged])).to.deep.equal({ metadata: {}, unreadable: true });
    expect(decodeStatus(new Uint8Array([255]))).to.equal(undefined);
  });
});

function methodOf(bytes: Uint8Array, path = GET_ITEM) {
  const method = parseContract(bytes).methods.get(path);
  if (method === undefined) throw new Error(`the contract has no ${path}`);
  return method;
}

/** What is wrong with GetItem, without its name. */
function faultsOf(bytes: Uint8Array): readonly string[] {
  return policyFaults(methodOf(bytes)).map((fault) => fault.replace(/^[^:]*GetItem: /, ""));
}

/** The contract with other options of GetItem and its service. */
function withPolicies(
  shared: MessageInitShape<typeof PolicySchema>,
  own: MessageInitShape<typeof PolicySchema>,
): Uint8Array {
  return changed((method, service) => {
    if (service.options) setExtension(service.options, service_policy, create(PolicySchema, shared));
    if (method.options) setExtension(method.options, policy, create(PolicySchema, own));
  });
}

/** The contract with another GetItem, and its file with other imports. */
function changed(
  change: (method: MethodDescriptorProto, service: ServiceDescriptorProto) => unknown,
  changeFile: (file: FileDescriptorProto) => unknown = () => {},
): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
  for (const file of set.file) {
    for (const service of file.service) {
      const method = service.method.find(({ name }) => name === "GetItem");
      if (method === undefined) continue;
      change(method, service);
      changeFile(file);
    }
  }
  return toBinary(FileDescriptorSetSchema, set);
}
