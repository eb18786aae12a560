import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import type { InstancePlan } from "../system/plan.js";

/** It was admitted before: what it was admitted by then says nothing of what lies there now. */
export function likeWhatRuns({
  instance,
}: Pair): Pick<InstancePlan, "workload" | "implementation" | "source"> {
  const { admission: _, ...like } = instance;
  return like;
}

/** New instances with the lowest ordinals that are free. */
export function plansFor(
  { around: { table } }: Instances,
  like: Pick<InstancePlan, "workload" | "implementation" | "source" | "admission">,
  count: number,
): readonly InstancePlan[] {
  const { workload, implementation, source, admission } = like;
  const taken = new Set(table.of(workload.name).map(({ ordinal }) => ordinal));
  const free = Array.from({ length: taken.size + count }, (_, index) => index + 1).filter(
    (ordinal) => !taken.has(ordinal),
  );
  return free.slice(0, count).map((ordinal) => ({
    name: `${workload.name}-${ordinal}`,
    workload,
    ordinal,
    implementation,
    ...(source !== undefined && { source }),
    ...(admission && { admission }),
  }));
}
