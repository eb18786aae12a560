import type { World } from "../../src/run/world.js";
import { deviations } from "./deviation.js";
import { playPeers } from "./played-peers.js";
import { scene } from "./scene.js";
import { STEPS } from "./steps.js";

/** Inventory, user and card provider, whom payment calls, are played. */
export const world: World = {
  store: "mongodb",
  variables: { read: "ListPayments", reader: "user alice" },
  schema: { steps: STEPS, peers: deviations },
  scene,
  // Recovery takes up whatever it finds: what a case leaves behind is for the target of that case alone.
  ownDatabases: true,
  async open() {
    const peers = await playPeers();
    return {
      ...peers,
      environment: (target) => ({
        MESH: peers.address,
        ...(target === "own" ? { RECOVER_AFTER_MS: "1000" } : {}),
      }),
    };
  },
};
