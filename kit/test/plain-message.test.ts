import {
  create,
  type DescField,
  type DescMessage,
  type DescService,
  fromBinary,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { CreateItemRequestSchema } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { CreateItemRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { expect } from "chai";
import { parseContract } from "../src/contract/index.js";
import type { ServiceDefinition } from "../src/index.js";
import { toPlainMessage } from "../src/values/plain-message.js";

const contract = parseContract(descriptorSetBytes());
const generated = (await Promise.all(contract.services.map(loadService))).flatMap((service) =>
  Object.values(service),
);

/** What ts-proto generates for a service. */
async function loadService({ file, name }: DescService): Promise<ServiceDefinition> {
  return (await import(`@theseus/contract/${file.name}.js`))[`${name}Service`];
}

describe("a plain message", () => {
  for (const [path, method] of contract.methods) {
    it(`is what ts-proto decodes, full and empty: ${path}`, () => {
      const definition = generated.find((each) => each.path === path);
      for (const [desc, decode] of [
        [method.input, definition?.requestDeserialize],
        [method.output, definition?.responseDeserialize],
      ] as const) {
        for (const message of [create(desc), ...fullMessages(desc)]) {
          const bytes = Buffer.from(toBinary(desc, message));
          expect(toPlainMessage(desc, fromBinary(desc, bytes))).to.deep.equal(decode?.(bytes));
        }
      }
    });
  }

  it("merges a message that comes twice, as Protobuf says", () => {
    const given = CreateItemRequest.fromPartial({ itemId: "oar", item: { title: "Ash oar" } });
    const item = CreateItemRequestSchema.field.item.number;
    const twice = Buffer.concat([
      CreateItemRequest.encode(given).finish(),
      Buffer.from([(item << 3) | 2, 0]),
    ]);
    const merged = toPlainMessage(CreateItemRequestSchema, fromBinary(CreateItemRequestSchema, twice));
    expect(merged).to.deep.equal(given);
    expect(CreateItemRequest.decode(twice).item?.title).to.equal("");
  });
});

/** Messages with every field set; one for each member of a oneof. */
function fullMessages(desc: DescMessage): readonly Message[] {
  const most = Math.max(1, ...desc.oneofs.map(({ fields }) => fields.length));
  return Array.from({ length: most }, (_, turn) => full(desc, turn, 0).message);
}

function full(desc: DescMessage, turn: number, depth: number): ReflectMessage {
  const message = reflect(desc, create(desc));
  if (depth > 4) return message;
  for (const field of desc.fields) {
    if (field.oneof !== undefined && field.oneof.fields[turn % field.oneof.fields.length] !== field) continue;
    if (field.fieldKind === "list") {
      for (let count = 0; count < 2; count += 1) message.get(field).add(sampleOf(field, turn, depth));
    } else if (field.fieldKind === "map") {
      message.get(field).set("key", sampleOf(field, turn, depth));
    } else message.set(field, sampleOf(field, turn, depth));
  }
  return message;
}

function sampleOf(field: DescField, turn: number, depth: number): unknown {
  if (field.message !== undefined) return full(field.message, turn, depth + 1);
  if (field.enum !== undefined) return field.enum.values.at(-1)?.number;
  const name = ScalarType[field.scalar ?? ScalarType.STRING];
  if (name === "STRING") return "text";
  if (name === "BOOL") return true;
  if (name === "BYTES") return new Uint8Array([1, 2]);
  return name.endsWith("64") ? 41n : 41;
}
