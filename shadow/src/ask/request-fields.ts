import { type DescMethod, fromBinary, toJson } from "@bufbuild/protobuf";
import type { Fields } from "./answer.js";

/** What a request says; undefined for bytes that are none. */
export function requestFields({ input }: DescMethod, bytes: Uint8Array): Fields | undefined {
  try {
    return toJson(input, fromBinary(input, bytes), { useProtoFieldName: true }) as Fields;
  } catch {
    return undefined;
  }
}
