import type { DescMethod, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { resumeFieldsOf } from "@theseus/kit/contract";
import { NDJSON_TYPE, SSE_TYPE } from "../http/media-type.js";

/** How the messages of a stream are written one after the other. */
export interface Framing {
  readonly contentType: string;
  message(json: string, message: Message): string;
  /** The last one of a stream that failed: its error. */
  error(json: string): string;
  /** Keeps proxies from closing a silent stream; undefined where the format has nothing for it. */
  readonly heartbeat: string | undefined;
}

const ndjson: Framing = {
  contentType: NDJSON_TYPE,
  message: (json) => `${json}\n`,
  error: (json) => `${json}\n`,
  heartbeat: undefined,
};

/** The framing of a negotiated type. An event's id is the reply's resume token, where the method has one. */
export function framingOf(contentType: string, method: DescMethod): Framing {
  if (contentType !== SSE_TYPE) return ndjson;
  const token = resumeFieldsOf(method)?.response;
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
