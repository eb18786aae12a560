import { createFileRegistry, fromBinary, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import type { Violation } from "@theseus/kit/contract";

/** A request that breaks rules of theseus.validate.v1 and no others. */
export interface BadRequest {
  readonly path: string;
  readonly request: Uint8Array;
  readonly violations: readonly Violation[];
}

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSetBytes()));

const UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

/** One for each service that there are skeletons of. */
const BAD: Readonly<Record<string, { method: string; request: JsonValue; broken: Record<string, string> }>> =
  {
    inventory: {
      method: "CreateReservation",
      request: {
        reservation: {
          lines: [
            { item: "items/a", quantity: 1 },
            { item: "Items/b", quantity: 1 },
          ],
        },
        requestId: "1",
      },
      broken: { "reservation.lines[1].item": "items/[a-z0-9-]{1,64}", request_id: UUID4 },
    },
    payment: {
      method: "CreatePayment",
      request: { payment: { reservation: "reservations/A", cardToken: "tok_ok" }, requestId: "1" },
      broken: { "payment.reservation": "reservations/[a-z0-9-]{1,64}", request_id: UUID4 },
    },
    user: {
      method: "GetUser",
      request: { name: "users/A" },
      broken: { name: "users/[a-z0-9-]{1,64}" },
    },
  };

export function badRequestOf(service: string): BadRequest {
  const bad = BAD[service];
  const found = serviceOf(service);
  const method = found.methods.find(({ name }) => name === bad?.method);
  if (bad === undefined || method === undefined) throw new Error(`no bad request for ${service}`);
  return {
    path: `/${found.typeName}/${method.name}`,
    request: toBinary(method.input, fromJson(method.input, bad.request)),
    violations: Object.entries(bad.broken).map(([field, pattern]) => ({
      field,
      rule: "string.pattern",
      message: `does not match regex pattern \`^${pattern}$\``,
    })),
  };
}

/** The paths of a service's methods. */
export function methodsOf(service: string): readonly string[] {
  const { typeName, methods } = serviceOf(service);
  return methods.map(({ name }) => `/${typeName}/${name}`);
}

/** The paths of those of a service's methods that the contract does not say to be without side effects. */
export function writingMethodsOf(service: string): readonly string[] {
  const { typeName, methods } = serviceOf(service);
  const writing = methods.filter(
    ({ idempotency }) => idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
  );
  return writing.map(({ name }) => `/${typeName}/${name}`);
}

function serviceOf(service: string) {
  const found = [...registry].find(
    (type) => type.kind === "service" && type.typeName.startsWith(`theseus.${service}.v1.`),
  );
  if (found?.kind !== "service") throw new Error(`the contract has no service ${service}`);
  return found;
}
