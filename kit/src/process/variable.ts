import { accessSync, constants, statSync } from "node:fs";
import type { ConfigFault } from "./config-error.js";
import { parseAddress } from "./listen-address.js";

/** What reading one or several variables gives: a value, or what is wrong. */
export type Reading<T> = { readonly value: T } | { readonly faults: readonly ConfigFault[] };

/** How to get a typed value from the environment. */
export interface Variable<T> {
  /** The variables that it reads. */
  readonly names: readonly string[];
  read(env: NodeJS.ProcessEnv): Reading<T>;
}

/** What holds for every kind. An empty variable counts as absent; without either of these it must be there. */
export interface Presence<T> {
  /** The value when the variable is absent. */
  readonly default?: T;
  /** True to have undefined when it is absent. */
  readonly optional?: true;
}

/** The type of a variable's value, given how it may be absent. */
export type ValueOf<T, P> = P extends { readonly optional: true } ? T | undefined : T;

/** A text of a kind, or the problem with it. */
type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** `unix:/path` (at most 107 bytes) or `host:port`, port 0 for any. */
function listen<const P extends Presence<string>>(name: string, presence?: P): Variable<ValueOf<string, P>> {
  const wanted = "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0";
  return kind(name, (text) => (parseAddress(text) ? { value: text } : { problem: wanted }), presence);
}

/** `unix:/path` or `host:port` of somebody else. */
function address<const P extends Presence<string>>(name: string, presence?: P): Variable<ValueOf<string, P>> {
  const wanted = "must be unix:/path (at most 107 bytes) or host:port";
  return kind(
    name,
    (text) => {
      const parsed = parseAddress(text);
      return parsed && !("port" in parsed && parsed.port === 0) ? { value: text } : { problem: wanted };
    },
    presence,
  );
}

/** A URL with one of the schemes (`["redis", "unix"]`). Never echoed: it may carry a password. */
function url<const P extends Presence<string> & { readonly schemes: readonly string[] }>(
  name: string,
  options: P,
): Variable<ValueOf<string, P>> {
  const wanted = `must be a URL that starts with ${options.schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return kind(
    name,
    (text) => {
      const scheme = options.schemes.find((each) => text.startsWith(`${each}://`));
      return scheme !== undefined && URL.canParse(text) ? { value: text } : { problem: wanted };
    },
    options,
    "secret",
  );
}

/** Path of a file that can be read. With `secret`, nobody but its owner may be able to. */
function file<const P extends Presence<string> & { readonly secret?: boolean }>(
  name: string,
  options?: P,
): Variable<ValueOf<string, P>> {
  return kind(name, (path) => checkFile(path, options?.secret ?? false), options);
}

/** A whole number in a range, both ends included. */
function integer<const P extends Presence<number> & { readonly min: number; readonly max: number }>(
  name: string,
  options: P,
): Variable<ValueOf<number, P>> {
  const { min, max } = options;
  return kind(
    name,
    (text) => {
      const value = /^-?[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max
        ? { value }
        : { problem: `must be a whole number, ${min} to ${max}` };
    },
    options,
  );
}

/** One of a few words. */
function oneOf<const T extends string, const P extends Presence<T>>(
  name: string,
  words: readonly T[],
  presence?: P,
): Variable<ValueOf<T, P>> {
  return kind(
    name,
    (text) => {
      const value = words.find((word) => word === text);
      return value === undefined ? { problem: `must be one of ${words.join(", ")}` } : { value };
    },
    presence,
  );
}

/** Any text that is not empty. */
function text<const P extends Presence<string>>(name: string, presence?: P): Variable<ValueOf<string, P>> {
  return kind(name, (value) => ({ value }), presence);
}

/** A text of a certain form; `wanted` says which, as in "must be …". */
function matching<const P extends Presence<string> & { readonly wanted: string }>(
  name: string,
  pattern: RegExp,
  options: P,
): Variable<ValueOf<string, P>> {
  return kind(name, (value) => (pattern.test(value) ? { value } : { problem: options.wanted }), options);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time, `250ms`, `10s`, `5m` or `24h`, as milliseconds. */
function duration<const P extends Presence<number>>(
  name: string,
  presence?: P,
): Variable<ValueOf<number, P>> {
  return kind(
    name,
    (given) => {
      const [, digits, unit = ""] = /^([0-9]{1,9})(ms|s|m|h)$/.exec(given) ?? [];
      const factor = UNITS[unit];
      return digits === undefined || factor === undefined
        ? { problem: "must be a length of time: 250ms, 10s, 5m or 24h" }
        : { value: Number(digits) * factor };
    },
    presence,
  );
}

/** The kinds of variables. Each takes the variable's name. */
export const variable = { listen, address, url, file, integer, oneOf, text, matching, duration } as const;

function kind<T, P extends Presence<T>>(
  name: string,
  parse: (text: string) => Parsed<T>,
  presence: P | undefined,
  secrecy?: "secret",
): Variable<ValueOf<T, P>> {
  return {
    names: [name],
    read: (env) => {
      const given = env[name];
      if (given === undefined || given === "") {
        const absent = presence?.optional === true || presence?.default !== undefined;
        return absent
          ? { value: presence.default as ValueOf<T, P> }
          : { faults: [{ variable: name, problem: `is not set; ${wantedBy(parse)}` }] };
      }
      const parsed = parse(given);
      if ("value" in parsed) return { value: parsed.value as ValueOf<T, P> };
      return { faults: [{ variable: name, given: secrecy ? undefined : given, problem: parsed.problem }] };
    },
  };
}

/** What a variable of this kind must be: what its parser says of an empty text. */
function wantedBy(parse: (text: string) => Parsed<unknown>): string {
  const parsed = parse("");
  return "problem" in parsed ? parsed.problem : "must be given";
}

function checkFile(path: string, secret: boolean): Parsed<string> {
  if (path === "") return { problem: "must be the path of a file" };
  const mode = statSync(path, { throwIfNoEntry: false });
  if (mode === undefined) return { problem: "there is no such file" };
  if (!mode.isFile()) return { problem: "must be the path of a file" };
  if (secret && (mode.mode & 0o077) !== 0) {
    return { problem: `others may read this secret; run: chmod 600 ${JSON.stringify(path)}` };
  }
  try {
    accessSync(path, constants.R_OK);
    return { value: path };
  } catch {
    return { problem: "the file cannot be read by this user" };
  }
}
