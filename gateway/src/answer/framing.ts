import type { DescMethod, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { NDJSON_TYPE, SSE_TYPE } from "../http/media-type.js";
import { isTextResumeField, RESUME_TOKEN } from "../request/resume-token.js";

/** How messages of a stream are told apart. */
export interface Framing {
  readonly contentType: string;
  message(json: string, message: Message): string;
  /** The last one of a stream that failed: its error. */
  error(json: string): string;
  /** Keeps proxies from closing a silent stream; undefined where the format has no room for it. */
  readonly heartbeat: string | undefined;
}

const ndjson: Framing = {
  contentType: NDJSON_TYPE,
  message: (json) => `${json}\n`,
  error: (json) => `${json}\n`,
  heartbeat: undefined,
};

/** The framing of a negotiated type. Events carry the answer's resume token, when the method has one, as their id. */
export function framingOf(contentType: string, method: DescMethod): Framing {
  if (contentType !== SSE_TYPE) return ndjson;
  const token = method.output.fields.find((field) => field.name === RESUME_TOKEN && isTextResumeField(field));
  return {
    contentType: SSE_TYPE,
    message: (json, message) => {
      const id = token ? String(reflect(method.output, message).get(token)) : "";
      return /^[^\r\n\0]+$/.test(id) ? `id: ${id}\ndata: ${json}\n\n` : `data: ${json}\n\n`;
    },
    error: (json) => `event: error\ndata: ${json}\n\n`,
    heartbeat: ": still here\n\n",
  };
}
