import type { ModelSource } from "../model/model.ts";
import type { HierarchicalSpec } from "./spec.ts";

/** The source from which workers build the model of a spec. */
export function hierarchicalSource(spec: HierarchicalSpec): ModelSource {
  return {
    module: new URL("./model.ts", import.meta.url).href,
    create: "createHierarchicalModel",
    data: spec,
  };
}
