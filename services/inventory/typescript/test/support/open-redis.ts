import { Redis } from "ioredis";

/** The store as an operator sees it, by its URL. */
export function openRedis(url: string): Redis {
  const { pathname: path, username, password } = new URL(url);
  return new Redis({ path, username, password, protocol: 2 });
}
