import type { ProofDefinition } from "@theseus/runtime/control";

const runner = [
  "node",
  "conformance/bin/theseus-conformance.mjs",
  "run",
  "--no-build",
  "--jobs",
  "3",
] as const;

/** How an implementation of a service shows that it keeps the contract: by the conformance suite. */
export const proof: ProofDefinition = {
  covers: (service) => ({
    "suite: cases": [`conformance/cases/${service}`, "conformance/cases/protocol"],
    "suite: clauses": ["conformance/cases/clauses.yaml"],
    "suite: exceptions": ["conformance/cases/exceptions.yaml"],
    "suite: played peers": [`conformance/dist/worlds/${service}`, "!*.map", "!*.d.ts"],
    "suite: runner": [
      ...["conformance/bin/theseus-conformance.mjs", "conformance/dist/src", "conformance/package.json"],
      ...["conformance/node_modules", "!*.map", "!*.d.ts"],
    ],
    "storage page": [`services/${service}/storage.md`],
    "store scripts": [`services/${service}/lua`],
    "released contracts": ["proto/baseline"],
  }),
  checks: ({ service, implementation: { folder }, wanted, running }) => [
    {
      name: "suite",
      command: [...runner, "--service", service, "--impl", folder, "--json"],
      hasResults: true,
      repeat: (test) => repeat(service, `--impl ${wanted}`, test),
    },
    ...(running === undefined
      ? []
      : [
          {
            name: `takeovers from and to ${running.language}`,
            command: [...runner, "--service", service, "--handover", `${running.folder},${folder}`, "--json"],
            hasResults: true,
            repeat: (test?: string) => repeat(service, `--handover ${running.language},${wanted}`, test),
          } as const,
        ]),
    {
      name: "contract against the released ones",
      command: ["node", "tools/contract/check.mjs"],
      hasResults: false,
      repeat: () => "npm run contract:check",
    },
  ],
  fingerprint: ["protocol/reflection/contract"],
};

function repeat(service: string, which: string, test: string | undefined): string {
  const all = `npx theseus-conformance run --service ${service} ${which}`;
  return test === undefined ? all : `${all} --case ${test}`;
}
