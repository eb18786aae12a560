import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Fault } from "@theseus/runtime/control";

/** Somebody who can sign in: the body of a request to sign in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Reads credentials from a private file, and makes them with a random password when there are none. */
export function keepCredentials(path: string, email: string): Credentials {
  if (existsSync(path)) return readCredentials(path);
  const made = makeCredentials(email);
  writePrivate(path, made);
  return made;
}

/** Credentials with a random password. */
export function makeCredentials(email: string): Credentials {
  return { email, password: randomBytes(18).toString("base64url") };
}

/** Writes a private JSON file whole. */
export function writePrivate(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** @throws Fault for a file that does not hold them */
export function readCredentials(path: string): Credentials {
  try {
    const { email, password } = JSON.parse(readFileSync(path, "utf8")) as Partial<Credentials>;
    if (typeof email === "string" && typeof password === "string") return { email, password };
  } catch {
    // said below
  }
  throw new Fault(
    `${path} does not hold "email" and "password".`,
    "Put it right; or remove the shop's folder to begin anew.",
  );
}
