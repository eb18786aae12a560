import { createRegistry, type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { file_theseus_validate_v1_rules as rules } from "@theseus/contract/es/theseus/validate/v1/rules_pb.js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { toPlainMessage } from "../values/plain-message.js";
import { assertWireFormat, MOST_LEVELS } from "./wire-format.js";

/** It finds the contract's own rules by the registry: what it does not find it would pass over. */
const validator = createValidator({ registry: createRegistry(rules) });

/** The decoder counts the request itself as a level too. */
const DECODED = { readUnknownFields: false, recursionLimit: MOST_LEVELS + 1 };

/** What it takes to read one request message. */
export interface RequestCodec {
  readonly message: DescMessage;
  readonly maxBytes: number;
}

/**
 * A request from its bytes: not larger than the method takes (REQUEST_TOO_LARGE), a message of its type
 * (REQUEST_MALFORMED), and as the contract's rules want it (VALIDATION_FAILED with every broken rule). It is read once:
 * what was validated is what the handler gets, in ts-proto's form. `index` is the message's place in a request stream and goes into the error's metadata as `message_index`.
 */
export function readRequest(codec: RequestCodec, bytes: Buffer, index?: number): unknown {
  const metadata = index === undefined ? {} : { message_index: String(index) };
  if (bytes.length > codec.maxBytes) {
    const text = `the message has ${bytes.length} bytes, ${codec.maxBytes} are allowed`;
    throw new StatusError(ErrorReason.REQUEST_TOO_LARGE, text, { metadata });
  }
  const message = decode(codec, bytes, metadata);
  const result = validator.validate(codec.message, message);
  if (result.kind === "error") throw result.error;
  if (result.kind === "valid") return toPlainMessage(codec.message, message);
  const violations = result.violations.map((violation) => ({
    field: pathToString(violation.field),
    rule: violation.ruleId,
    message: violation.message,
  }));
  throw new StatusError(ErrorReason.VALIDATION_FAILED, summary(violations), { metadata, violations });
}

/** Compiles the rules of a message, which takes the first use of them some 20 ms. */
export function warmUp(message: DescMessage): void {
  validator.validate(message, fromBinary(message, new Uint8Array()));
}

function decode(codec: RequestCodec, bytes: Buffer, metadata: Record<string, string>): Message {
  try {
    assertWireFormat(codec.message, bytes);
    return fromBinary(codec.message, bytes, DECODED);
  } catch (cause) {
    const text = `the message is not a ${codec.message.typeName}`;
    throw new StatusError(ErrorReason.REQUEST_MALFORMED, text, { metadata, cause });
  }
}

function summary(violations: readonly { readonly field: string; readonly message: string }[]): string {
  const [first, ...rest] = violations;
  const text = first
    ? [first.field, first.message].filter((part) => part !== "").join(": ")
    : "invalid request";
  return rest.length === 0 ? text : `${text} (and ${rest.length} more)`;
}
