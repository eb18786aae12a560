import { create, fromBinary, setExtension, toBinary } from "@bufbuild/protobuf";
import {
  anyPack,
  FileDescriptorSetSchema,
  type MethodDescriptorProto,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { PolicySchema, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { expect } from "chai";
import {
  Code,
  ContractError,
  decodeStatus,
  ErrorReason,
  encodeStatus,
  findPolicy,
  parseContract,
  policyOf,
  readDetails,
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

  it("may not be silent: every fault is named with the method", () => {
    const silent = methodOf(changed((method) => delete method.options));
    expect(() => policyOf(silent)).to.throw(ContractError, "InventoryService.GetItem: has no policy");
    expect(findPolicy(silent)).to.equal(undefined);
    const empty = methodOf(
      changed(({ options }) => options && setExtension(options, policy, create(PolicySchema))),
    );
    expect(() => policyOf(empty))
      .to.throw(ContractError)
      .with.property("faults")
      .that.deep.equals(
        ["has no timeout", "has no max_request_bytes", "allows no caller"].map(
          (fault) => `theseus.inventory.v1.InventoryService.GetItem: ${fault}`,
        ),
      );
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

function methodOf(bytes: Uint8Array) {
  const method = parseContract(bytes).methods.get(GET_ITEM);
  if (method === undefined) throw new Error(`the contract has no ${GET_ITEM}`);
  return method;
}

/** The contract with another GetItem. */
function changed(change: (method: MethodDescriptorProto) => unknown): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
  for (const method of set.file.flatMap(({ service }) => service.flatMap((each) => each.method))) {
    if (method.name === "GetItem") change(method);
  }
  return toBinary(FileDescriptorSetSchema, set);
}
