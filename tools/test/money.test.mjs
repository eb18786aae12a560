import { createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { expect } from "chai";

describe("the contract's rules of money", () => {
  it("are the same wherever an amount is held to any (docs/decisions/0014)", () => {
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSetBytes()));
    const amounts = [...registry.files]
      .flatMap(({ messages }) => messages.flatMap(({ fields }) => fields))
      .filter(({ message }) => message?.typeName === "google.type.Money")
      .map((field) => ({
        name: `${field.parent.name}.${field.name}`,
        rules: getOption(field, fieldRules).cel,
      }))
      .filter(({ rules }) => rules.length > 0);
    expect(amounts.map(({ name }) => name)).to.deep.equal(["Item.unit_price", "RefundPaymentRequest.amount"]);
    const [first, ...others] = amounts.map(({ rules }) =>
      rules.map(({ id, message, expression }) => ({ id, message, expression })),
    );
    for (const rules of others) expect(rules).to.deep.equal(first);
  });
});
