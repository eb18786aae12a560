import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type MetricDefinition, metrics, sidecarMetrics } from "../../src/metrics/index.js";

describe("the metrics in docs/operating.md", () => {
  it("are those that there are", () => {
    const page = readFileSync(new URL("../../../../docs/operating.md", import.meta.url), "utf8");
    const section = /^## Metrics\n(.*?)^## /ms.exec(page)?.[1] ?? "";
    const documented = section
      .split("\n")
      .filter((line) => /^\| `(theseus|envoy)_/.test(line))
      .flatMap(namesIn);
    const all: readonly MetricDefinition[] = [...Object.values(metrics), ...sidecarMetrics];
    expect(documented.sort()).to.deep.equal(all.map(toRow).sort());
  });
});

/** A row for each of the names that `{a,b}` stands for. */
function namesIn(row: string): readonly string[] {
  const [whole, choice] = /\{([^}]+)\}/.exec(row) ?? [];
  if (whole === undefined || choice === undefined) return [row];
  return choice.split(",").flatMap((each) => namesIn(row.replace(whole, each)));
}

function toRow({ name, type, labels, help }: MetricDefinition): string {
  const others = labels.map((label) => `\`${label}\``).join(", ");
  return `| \`${name}\` | ${type} | ${others} | ${help.replace(/\.$/, "")} |`;
}
