import { z } from "zod";

/** A file, a folder or a value that a result holds for, by its SHA-256. */
export interface CoveredInput {
  /** Such as `suite: cases`. */
  readonly name: string;
  readonly sha256: string;
}

/** What a certificate says, whatever its form. */
export interface Result {
  readonly service: string;
  readonly language: string;
  /** Where the implementation was taken from, when that is not the checkout as it is. */
  readonly source?: string;
  /** Of what was built and tested. */
  readonly contentHash: string;
  readonly inputs: readonly CoveredInput[];
  readonly passed: readonly string[];
  /** Which cases have compared what the started implementation tells by reflection with the contract. */
  readonly fingerprint: readonly string[];
  /** The suite of the last release, which was run too; absent: none has been released. */
  readonly releasedSuite?: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

const type = "https://in-toto.io/Statement/v1";
const predicateType = "https://in-toto.io/attestation/test-result/v0.1";
/** What the predicate has no field for. Those who do not know it leave it out, as in-toto says. */
const extension = "https://theseus.local/certificate/v1";

const digest = z.object({ sha256: z.string() });
const schema = z.object({
  _type: z.literal(type),
  subject: z.array(z.object({ name: z.string(), digest })).length(1),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    result: z.literal("PASSED"),
    configuration: z.array(z.object({ name: z.string(), digest })),
    passedTests: z.array(z.string()).min(1),
    warnedTests: z.array(z.string()).max(0),
    failedTests: z.array(z.string()).max(0),
    [extension]: z.object({
      service: z.string(),
      language: z.string(),
      source: z.string().optional(),
      fingerprint: z.array(z.string()),
      releasedSuite: z.string().nullable(),
      issuedAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
    }),
  }),
});

/** As an in-toto statement with a test result. */
export function toStatement(result: Result): string {
  const { service, language, source, contentHash, inputs, passed, fingerprint, releasedSuite } = result;
  return JSON.stringify({
    _type: type,
    subject: [{ name: `${service} (${language})`, digest: { sha256: contentHash } }],
    predicateType,
    predicate: {
      result: "PASSED",
      configuration: inputs.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
      passedTests: passed,
      warnedTests: [],
      failedTests: [],
      [extension]: {
        service,
        language,
        ...(source !== undefined && { source }),
        fingerprint,
        releasedSuite: releasedSuite ?? null,
        issuedAt: result.issuedAt.toISOString(),
        expiresAt: result.expiresAt.toISOString(),
      },
    },
  });
}

/** @throws Error when it is none, or none of a run that has passed */
export function fromStatement(text: string): Result {
  const read = schema.safeParse(parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`it is no passed test result: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { subject, predicate } = read.data;
  const { source, releasedSuite, issuedAt, expiresAt, ...rest } = predicate[extension];
  return {
    ...rest,
    ...(source !== undefined && { source }),
    contentHash: subject[0]?.digest.sha256 ?? "",
    inputs: predicate.configuration.map(({ name, digest: { sha256 } }) => ({ name, sha256 })),
    passed: predicate.passedTests,
    ...(releasedSuite !== null && { releasedSuite }),
    issuedAt: new Date(issuedAt),
    expiresAt: new Date(expiresAt),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("its payload is no JSON");
  }
}
