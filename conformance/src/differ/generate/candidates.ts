import { type DescField, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  FieldRulesSchema,
  field as fieldRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { readOnce } from "@theseus/kit/contract";
import type { Value } from "../../cases/value.js";

/** Texts that implementations in different languages are known to count, compare and cut differently. */
const TEXTS = [
  "",
  "a",
  "Thing",
  " ",
  " padded ",
  "ß",
  "e\u0301",
  "😀",
  "\u0000",
  "\n",
  "\ufeff",
  "İ",
  "null",
  "0",
  "-1",
  "../a",
  "%2F",
  `\${id:a}`,
  `\${id:b}`,
  `\${id:c}`,
  `\${id:d}`,
  `\${id:e}`,
  `\${id:f}`,
  `\${uuid:a}`,
  `\${uuid:A}`,
  `\${email:a}`,
  `\${email:b}`,
];

/** Small ones meet each other: what one call adds another can take. */
const NUMBERS: readonly bigint[] = [0n, 1n, 2n, 3n, 5n, 20n, -1n];
const FREQUENT: readonly bigint[] = [1n, 1n, 1n, 2n, 2n, 3n, 3n, 5n, 5n, 20n, 20n, 100n];

/** The limits of whole numbers, and what a double cannot hold. */
const LIMITS: Readonly<Partial<Record<ScalarType, readonly bigint[]>>> = {
  [ScalarType.INT32]: [2n ** 31n - 1n, -(2n ** 31n)],
  [ScalarType.SINT32]: [2n ** 31n - 1n, -(2n ** 31n)],
  [ScalarType.SFIXED32]: [2n ** 31n - 1n, -(2n ** 31n)],
  [ScalarType.UINT32]: [2n ** 32n - 1n],
  [ScalarType.FIXED32]: [2n ** 32n - 1n],
  [ScalarType.INT64]: [2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  [ScalarType.SINT64]: [2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  [ScalarType.SFIXED64]: [2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  [ScalarType.UINT64]: [2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n],
  [ScalarType.FIXED64]: [2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n],
};

/** Values of one scalar field, or of one entry of a list, on both sides of what its rules say. */
export function scalarCandidates(field: DescField, scalar: ScalarType, words: readonly string[]): Value[] {
  const bounds = boundsOf(field);
  switch (scalar) {
    case ScalarType.STRING:
      return [...TEXTS, ...words, ...bounds.flatMap(textsOfLength)];
    case ScalarType.BYTES:
      return [
        "",
        "AA==",
        "//79",
        ...bounds.filter(isLength).map((n) => Buffer.alloc(Number(n)).toString("base64")),
      ];
    case ScalarType.BOOL:
      return [false, true];
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return [0, 1.5, -1, 1e30, "NaN", "Infinity", "-Infinity", ...bounds.map(Number)];
    default:
      return wholeNumbers(scalar, [...bounds, ...words.filter(isWhole).map(BigInt)]);
  }
}

function wholeNumbers(scalar: ScalarType, bounds: readonly bigint[]): Value[] {
  const limits = LIMITS[scalar] ?? [];
  const near = bounds.flatMap((bound) => [bound - 1n, bound, bound + 1n]);
  const [most, least] = [limits.reduce(larger, 1n), limits.reduce(smaller, 0n)];
  const all = [...NUMBERS, ...near, ...limits].filter((value) => value >= least && value <= most);
  return [...new Set(all), ...FREQUENT].map(String);
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The numbers in the rules of a field: bounds, lengths. */
export const boundsOf = readOnce((field: DescField): readonly bigint[] => {
  if (!hasOption(field, fieldRules)) return [];
  return [...numbersIn(reflect(FieldRulesSchema, getOption(field, fieldRules)))];
});

function* numbersIn(rules: ReflectMessage): Iterable<bigint> {
  for (const rule of rules.fields) {
    if (!rules.isSet(rule)) continue;
    if (rule.fieldKind === "message") yield* numbersIn(rules.get(rule));
    if (rule.fieldKind !== "scalar") continue;
    const value = rules.get(rule);
    if (typeof value === "bigint") yield value;
    if (typeof value === "number") yield BigInt(Math.trunc(value));
  }
}

/** Texts and numbers that the field's own expressions (CEL) compare with. */
export const wordsOf = readOnce((field: DescField): readonly string[] => {
  if (!hasOption(field, fieldRules)) return [];
  const expressions = getOption(field, fieldRules).cel.map(({ expression }) => expression);
  return expressions.flatMap((expression) => [
    ...[...expression.matchAll(/'([^']*)'/g)].map(([, word = ""]) => word),
    ...(expression.match(/\b\d+\b/g) ?? []),
  ]);
});

function textsOfLength(bound: bigint): readonly string[] {
  return [bound - 1n, bound, bound + 1n]
    .filter(isLength)
    .flatMap((length) => [`\${long:${length}}`, `\${long:${length}:ß}`, `\${long:${length}:😀}`]);
}

function isLength(bound: bigint): boolean {
  return bound >= 0n && bound <= 10_000n;
}

function isWhole(word: string): boolean {
  return /^-?\d+$/.test(word);
}
