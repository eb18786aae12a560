export { cpuResolutionSeconds } from "../process/process-use.js";
export {
  type CostReport,
  type JourneyCost,
  type StepCost,
  toCostReport,
  type VariantCost,
} from "./cost-report.js";
export { type Estimate, estimate, estimateRatio } from "./estimate.js";
export { type Measured, measureRound, type Round, type RoundOptions } from "./round.js";
