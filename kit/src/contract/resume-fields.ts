import { type DescField, type DescMessage, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { isServerStream } from "./descriptor-set.js";

/** The name that makes a field a resume token, as `page_token` makes one a page's (AIP-158). */
const RESUME_TOKEN = "resume_token";

/** Where a stream of answers can be taken up again. */
export interface ResumeFields {
  /** In the request: the token of the last message that was received, or nothing. */
  readonly request: DescField;
  /** In each message of the answer: an opaque text, to go on right after it. */
  readonly response: DescField;
}

/**
 * How a method's stream of answers is resumed: by a single string `resume_token` in the request and in each message.
 * Undefined for a method that does not stream, or lacks either.
 */
export function resumeFieldsOf(method: DescMethod): ResumeFields | undefined {
  const request = tokenOf(method.input);
  const response = tokenOf(method.output);
  return isServerStream(method) && request && response ? { request, response } : undefined;
}

function tokenOf({ fields }: DescMessage): DescField | undefined {
  return fields.find(
    ({ name, fieldKind, scalar }) =>
      name === RESUME_TOKEN && fieldKind === "scalar" && scalar === ScalarType.STRING,
  );
}
