import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  create,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  setExtension,
  toBinary,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  type FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_timestamp,
  FieldDescriptorProto_Label as Label,
  MessageOptionsSchema,
  TimestampSchema,
  FieldDescriptorProto_Type as Type,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { FieldBehavior, field_behavior } from "@theseus/contract/es/google/api/field_behavior_pb.js";
import { ResourceDescriptorSchema, resource } from "@theseus/contract/es/google/api/resource_pb.js";
import { opaque } from "@theseus/contract/es/theseus/validate/v1/rules_pb.js";
import { type Contract, methodPath, parseContract } from "@theseus/kit/contract";

type Field = MessageInitShape<typeof FieldDescriptorProtoSchema>;

const field = (name: string, number: number, type: Type, more: Field = {}): Field => ({
  name,
  number,
  type,
  label: Label.OPTIONAL,
  jsonName: name,
  ...more,
});

function options(set: (made: MessageInitShape<typeof FieldOptionsSchema> & object) => void): Field {
  const made = create(FieldOptionsSchema);
  set(made);
  return { options: made };
}

/**
 * A contract that has nothing to do with the shop: dogs, whose names and tags their kennel chooses, and which can be walked.
 * With `tells: "awake_until"` it tells too until when.
 */
export function foreignContract({ tells }: { readonly tells?: "awake_until" } = {}): Contract {
  const dog = create(MessageOptionsSchema);
  setExtension(
    dog,
    resource,
    create(ResourceDescriptorSchema, { type: "kennel/Dog", pattern: ["dogs/{dog}"] }),
  );
  const identifier = options((made) =>
    setExtension(made as never, field_behavior, [FieldBehavior.IDENTIFIER]),
  );
  const tag = options((made) => setExtension(made as never, opaque, true));
  const method = (name: string) => ({ name, inputType: ".kennel.Dog", outputType: ".kennel.Dog" });
  return parseContract(
    create(FileDescriptorSetSchema, {
      file: [
        file_google_protobuf_timestamp.proto,
        {
          name: "kennel.proto",
          package: "kennel",
          dependency: [file_google_protobuf_timestamp.proto.name],
          syntax: "proto3",
          messageType: [
            {
              name: "Dog",
              field: [
                field("name", 1, Type.STRING, identifier),
                field("title", 2, Type.STRING),
                field("walks", 3, Type.INT32),
                field("tag", 4, Type.STRING, tag),
                ...(tells === undefined
                  ? []
                  : [field(tells, 5, Type.MESSAGE, { typeName: ".google.protobuf.Timestamp" })]),
              ],
              options: dog,
            },
          ],
          service: [{ name: "Kennel", method: [method("AddDog"), method("GetDog"), method("WalkDog")] }],
        },
      ],
    }),
  );
}

export interface Kennel extends AsyncDisposable {
  readonly address: string;
}

export interface KennelHabits {
  /** So many walks of a dog are counted, and no more. */
  readonly most: number;
  /** Walks at once are counted as one. */
  readonly forgets?: boolean;
  /** So long a new dog is awake, in milliseconds; a minute where nothing is said. */
  readonly awakeMs?: number;
  /** Before each answer, in milliseconds. */
  readonly takesMs?: number;
  /** A dog that sleeps is not found. */
  readonly hidesSleepers?: boolean;
}

export async function startKennel(
  contract: Contract,
  { most, forgets = false, awakeMs = 60_000, hidesSleepers = false, takesMs = 0 }: KennelHabits,
): Promise<Kennel> {
  const dogs = new Map<string, ReflectMessage>();
  const sleepsAt = new Map<string, number>();
  // Names and tags that no other kennel gives.
  const own = randomBytes(6).toString("hex");
  const answer = async (method: DescMethod, asked: ReflectMessage): Promise<ReflectMessage | undefined> => {
    const [name, walks, tag, awake] = ["name", "walks", "tag", "awake_until"].map((each) =>
      method.input.fields.find((one) => one.name === each),
    );
    if (name === undefined || walks === undefined || tag === undefined) throw new Error("not a dog");
    if (method.name === "AddDog") {
      asked.set(name, `dogs/${own}-${dogs.size}`);
      asked.set(walks, 0);
      asked.set(tag, `${own} ${dogs.size}`);
      const untilMs = Date.now() + awakeMs;
      if (awake !== undefined) asked.set(awake, reflect(TimestampSchema, timestampFromMs(untilMs)));
      dogs.set(String(asked.get(name)), asked);
      if (hidesSleepers) sleepsAt.set(String(asked.get(name)), untilMs);
      return asked;
    }
    if (Date.now() > (sleepsAt.get(String(asked.get(name))) ?? Number.POSITIVE_INFINITY)) return undefined;
    const found = dogs.get(String(asked.get(name)));
    if (found === undefined || method.name !== "WalkDog") return found;
    const before = Number(found.get(walks));
    if (forgets) await sleep(20);
    if (before < most) found.set(walks, (forgets ? before : Number(found.get(walks))) + 1);
    return found;
  };
  const server = new Server();
  const keep = (bytes: Buffer) => bytes;
  for (const method of contract.methods.values()) {
    const path = methodPath(method);
    server.register(
      path,
      (call: { request: Buffer }, done: (error: object | null, bytes?: Buffer) => void) => {
        const asked = reflect(method.input, fromBinary(method.input, call.request));
        void answer(method, asked).then(async (found) => {
          if (takesMs > 0) await sleep(takesMs);
          if (found === undefined) done({ code: status.NOT_FOUND, details: "no such dog" });
          else done(null, Buffer.from(toBinary(method.output, found.message)));
        });
      },
      keep as never,
      keep as never,
      "unary",
    );
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}
