import type { Contract } from "@theseus/kit/contract";
import type { HostNews } from "../host-news.js";

/** Why a request ended as it did. */
export interface Cause {
  /** One sentence, without a full stop. */
  readonly because: string;
  /** Option and file to change, or what to look at. Absent where nothing is to be changed. */
  readonly change?: string;
}

/** What a cause is found by, besides the request's own records. */
export interface Known {
  readonly contract: Contract;
  readonly news: HostNews;
}
