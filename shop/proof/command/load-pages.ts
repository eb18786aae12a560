import type { OverloadFigures, Stretch } from "../overload.js";
import type { SteadyFigures } from "../steady.js";
import { fixed, markdownTable } from "./figure-files.js";

/** The figures of overload, for people. */
export function overloadPage(title: string, figures: OverloadFigures): string {
  const { ramp, peakPerSecond, overload, part, medianBeforeMs, medianAfterMs, memoryMib, faults } = figures;
  const rows = [...ramp, overload].map((stretch) => [
    fixed(stretch.offeredPerSecond),
    fixed(stretch.goodPerSecond),
    answersOf(stretch),
  ]);
  return [
    `# ${title}`,
    `Peak ${fixed(peakPerSecond)} good visits a second; with three times as many offered ${fixed(overload.goodPerSecond)}, ` +
      `${fixed(part * 100, 0)} % of it. A visit alone takes ${fixed(medianBeforeMs, 0)} ms before and ${fixed(medianAfterMs, 0)} ms after.`,
    markdownTable(["offered a second", "good a second", "answers that ended a visit"], rows),
    markdownTable(["process", "most memory, MiB"], Object.entries(memoryMib)),
    verdict(faults),
  ].join("\n\n");
}

/** The figures of steady load, for people. */
export function steadyPage(title: string, figures: SteadyFigures): string {
  const { visits, good, medianFirstMs, medianLastMs, trends, faults } = figures;
  const rows = trends.map(({ process, firstMib, lastMib, ratio }) => [
    process,
    fixed(firstMib),
    fixed(lastMib),
    fixed(ratio, 2),
  ]);
  return [
    `# ${title}`,
    `${good} of ${visits} visits good; one took ${fixed(medianFirstMs, 0)} ms at first, ${fixed(medianLastMs, 0)} ms at last.`,
    markdownTable(["process", "first settled, MiB", "last, MiB", "ratio"], rows),
    verdict(faults),
  ].join("\n\n");
}

function answersOf({ answers }: Stretch): string {
  return Object.entries(answers)
    .map(([answer, count]) => `${answer}: ${count}`)
    .join(", ");
}

function verdict(faults: readonly string[]): string {
  return `${faults.length === 0 ? "All holds." : faults.map((fault) => `- ${fault}`).join("\n")}\n`;
}
