/** A part of an Envoy configuration, in the JSON form of its protobuf message. */
export interface Message {
  readonly [field: string]: Value | undefined;
}

export type Value = string | number | boolean | null | Message | readonly Value[];

/** An extension's configuration, as `typed_config` wants it. */
export function typed(type: string, fields: Message = {}): Message {
  return { "@type": `type.googleapis.com/${type}`, ...fields };
}

/** A named extension. */
export function extension(name: string, type: string, fields: Message = {}): Message {
  return { name, typed_config: typed(type, fields) };
}

/** A protobuf duration. */
export function duration(ms: number): string {
  return `${ms / 1000}s`;
}
