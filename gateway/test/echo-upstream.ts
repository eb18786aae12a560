import {
  create,
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  type StatusObject,
} from "@grpc/grpc-js";
import { methodPath } from "@theseus/kit/contract";

type ServerCall = ServerDuplexStream<Buffer, Uint8Array>;

/** Of one connection, as sidecars allow it. */
const MAX_STREAMS = 256;

/** What arrived for one call. */
export interface Arrived {
  readonly rpc: string;
  readonly metadata: Metadata;
  readonly deadline: Date | number;
  readonly requests: Message[];
  readonly call: ServerCall;
  /** Set when the caller gave up. */
  cancelled: boolean;
}

/** Answers a call by hand. Called once the caller has sent all; for `early` methods at once. */
export type Script = (arrived: Arrived, method: DescMethod) => Promise<void> | void;

/** A gRPC server of any contract that records what arrives and answers by a script. */
export interface EchoUpstream extends AsyncDisposable {
  readonly address: string;
  readonly arrived: Arrived[];
  /** The last call. */
  last(): Arrived;
  script: Script;
  early: boolean;
}

/** Answers one message, or one and the end of the stream. */
export function answering(message: (arrived: Arrived) => Message | undefined): Script {
  return (arrived, method) => {
    send(arrived, method, message(arrived) ?? create(method.output));
    arrived.call.end();
  };
}

/** Ends the call with a status. */
export function failing(status: Partial<StatusObject>): Script {
  return ({ call }) => void call.emit("error", status);
}

/** Sends one message. False when the caller is slow. */
export function send({ call }: Arrived, method: DescMethod, message: Message): boolean {
  return call.write(toBinary(method.output, message));
}

export async function startEchoUpstream(services: readonly DescService[]): Promise<EchoUpstream> {
  const server = new Server({ "grpc.max_concurrent_streams": MAX_STREAMS });
  const upstream = { arrived: [] as Arrived[], script: answering(() => undefined) as Script, early: false };
  for (const service of services) {
    const definition: Record<string, ServiceDefinition[string]> = {};
    const handlers: Record<string, (call: ServerCall) => void> = {};
    for (const method of service.methods) {
      definition[method.name] = bytesDefinition(method);
      handlers[method.name] = (call) => receive(upstream, method, call);
    }
    server.addService(definition, handlers);
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return Object.assign(upstream, {
    address: `127.0.0.1:${port}`,
    last: () => {
      const last = upstream.arrived.at(-1);
      if (!last) throw new Error("nothing arrived");
      return last;
    },
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  });
}

/** Every shape of call is a stream on the wire. */
function bytesDefinition(method: DescMethod): ServiceDefinition[string] {
  const asIs = (bytes: Buffer) => bytes;
  return {
    path: methodPath(method),
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: asIs,
  };
}

function receive(
  upstream: { arrived: Arrived[]; script: Script; early: boolean },
  method: DescMethod,
  call: ServerCall,
): void {
  const arrived: Arrived = {
    rpc: methodPath(method),
    metadata: call.metadata,
    deadline: call.getDeadline(),
    requests: [],
    call,
    cancelled: false,
  };
  upstream.arrived.push(arrived);
  call.on("cancelled", () => {
    arrived.cancelled = true;
  });
  if (upstream.early) {
    void upstream.script(arrived, method);
    return;
  }
  call.on("data", (bytes: Buffer) => arrived.requests.push(fromBinary(method.input, bytes)));
  call.on("end", () => void upstream.script(arrived, method));
}
