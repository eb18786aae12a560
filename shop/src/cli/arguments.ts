import { InvalidArgumentError } from "commander";

/** 0 (any that is free) to 65535. */
export function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port === undefined || port > 65_535)
    throw new InvalidArgumentError("It must be a port from 0 (any) to 65535.");
  return port;
}

export function parseCount(text: string): number {
  const count = wholeNumber(text);
  if (count === undefined) throw new InvalidArgumentError("It must be a whole number.");
  return count;
}

export function parsePositive(text: string): number {
  const count = wholeNumber(text);
  if (count === undefined || count === 0) throw new InvalidArgumentError("It must be 1 or more.");
  return count;
}

/** 2 or more: of a single one nothing is known of its error. */
export function parseRounds(text: string): number {
  const count = wholeNumber(text) ?? 0;
  if (count < 2) throw new InvalidArgumentError("It must be 2 or more.");
  return count;
}

/** 1 to 300: customers may not have more reservations open. */
export function parseCalls(text: string): number {
  const count = wholeNumber(text) ?? 0;
  if (count < 1 || count > 300) throw new InvalidArgumentError("It must be from 1 to 300.");
  return count;
}

export function parseList(text: string): readonly string[] {
  return text.split(",").map(parseLanguage);
}

/** Above 0 to 10,000, such as `20` or `0.5`. */
export function parseRate(text: string): number {
  const rate = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (rate <= 0 || rate > 10_000)
    throw new InvalidArgumentError("It must be a number above 0, to 10000, such as 20 or 0.5.");
  return rate;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** How long, in milliseconds, such as `30s` or `5m`. */
export function parseDuration(text: string): number {
  const ms = durationMs(text) ?? 0;
  if (ms === 0) throw new InvalidArgumentError("It must be how long, such as 30s, 5m, 2h or 1d.");
  return ms;
}

function durationMs(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (SECONDS[unit] ?? 0) * 1000;
}

/** How long ago, such as `5m`, or a time of ISO 8601. */
export function parseSince(text: string): Date {
  const agoMs = durationMs(text);
  const time = agoMs === undefined ? Date.parse(text) : Date.now() - agoMs;
  if (Number.isNaN(time) || !/^\d/.test(text))
    throw new InvalidArgumentError("It must be 30s, 5m, 2h or 1d, or a time such as 2026-01-31T12:00:00Z.");
  return new Date(time);
}

/** Where OTLP goes. */
export function parseReceiver(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError("It must be a URL, such as http://127.0.0.1:4318.");
  return text;
}

export function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError("It must be a regular expression.");
  }
}

/** Collects `service=value`, for options that can be given several times. */
export function collectPair<Value>(parse: (text: string) => Value) {
  return (text: string, previous: ReadonlyMap<string, Value> = new Map()): ReadonlyMap<string, Value> => {
    const [, service, value] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
    if (service === undefined || value === undefined) {
      throw new InvalidArgumentError("It must have the form service=value, such as inventory=2.");
    }
    return new Map([...previous, [service, parse(value)]]);
  };
}

export function collectWord(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, parseLanguage(text)];
}

/** Collects host names, which have no case. */
export function collectHost(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text.toLowerCase()];
}

export function parseLanguage(text: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(text)) throw new InvalidArgumentError("A language is a word in lower case.");
  return text;
}

/** 1 to 9: each instance takes about 150 MB. */
export function parseReplicas(text: string): number {
  const count = wholeNumber(text);
  if (count === undefined || count < 1 || count > 9)
    throw new InvalidArgumentError("It must be from 1 to 9.");
  return count;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
