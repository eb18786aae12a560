/** One method as ts-proto writes it for grpc-js. `never` and `unknown` stand for the types that each method has. */
export interface MethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (message: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** A service as ts-proto writes it: methods by their names in camel case. */
export type ServiceDefinition = Readonly<Record<string, MethodDefinition>>;

/** The request message of a method. */
export type RequestOf<M extends MethodDefinition> = ReturnType<M["requestDeserialize"]>;

/** The response message of a method. */
export type ResponseOf<M extends MethodDefinition> = ReturnType<M["responseDeserialize"]>;

/** What a method takes: one message, or as many as the caller sends. */
export type InputOf<M extends MethodDefinition> = M["requestStream"] extends true
  ? AsyncIterable<RequestOf<M>>
  : RequestOf<M>;

/** What a method gives: one message, or as many as there are. */
export type OutputOf<M extends MethodDefinition> = M["responseStream"] extends true
  ? AsyncIterable<ResponseOf<M>>
  : Promise<ResponseOf<M>>;
