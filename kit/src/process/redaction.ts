import { fromBinary } from "@bufbuild/protobuf";
import { type DescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";

const CREDENTIALS = ["authorization", "cookie", "x-theseus-claims", "secret", "token"];
// Repetitions have an end, so that a long text takes time in proportion to its length.
const PASSWORD_IN_URL = /\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/@]*@/gi;
const EMAIL = /[^\s@"'<>:=(,/]{1,254}@[^\s@"'<>:),/]{1,254}\.[^\s@"'<>:),/]{1,254}/g;

/** The names, as the contract spells them and in camel case, of all fields that it marks `debug_redact`. */
export function redactedFields(): string[] {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
  const marked = file.flatMap((each) => each.messageType.flatMap(markedFields));
  return [...new Set([...CREDENTIALS, ...marked])];
}

/** A text without e-mail addresses and without the credentials of URLs. */
export function scrub(text: string): string {
  return text.replace(PASSWORD_IN_URL, "$1[redacted]@").replace(EMAIL, "[redacted]");
}

function markedFields(message: DescriptorProto): string[] {
  const own = message.field
    .filter((field) => field.options?.debugRedact)
    .flatMap((field) => [field.name, field.jsonName]);
  return [...own, ...message.nestedType.flatMap(markedFields)];
}
