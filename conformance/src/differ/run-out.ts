import type { DescMessage } from "@bufbuild/protobuf";
import { isFields, type Value } from "../cases/value.js";
import type { Answer } from "./underway.js";

/** Answers to one call of one side. */
export interface Told {
  readonly output: DescMessage;
  readonly answer: Answer;
  /** When they were given, on the clock of whoever gave them; in milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * True where a time that was ahead when an answer told it has come by the end. Then what the calls after it meet is a matter
 * of when they were made: a difference says as much of the machine as of the sides.
 */
export function hasRunOut(told: readonly Told[], endMs: number): boolean {
  return told.some(({ output, answer, atMs }) =>
    answer.messages.some((message) => timesIn(output, message).some((time) => time > atMs && time <= endMs)),
  );
}

/** All points in time of a message, in milliseconds since 1970. */
function timesIn(message: DescMessage, value: Value | undefined): readonly number[] {
  if (message.typeName === "google.protobuf.Timestamp") return [Date.parse(String(value))];
  if (!isFields(value ?? null)) return [];
  return message.fields.flatMap((field) => {
    const inner = (value as Record<string, Value>)[field.name];
    if (field.message === undefined || field.fieldKind === "map" || inner === undefined) return [];
    const nested = field.message;
    return (Array.isArray(inner) ? inner : [inner]).flatMap((each) => timesIn(nested, each as Value));
  });
}
