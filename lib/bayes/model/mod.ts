/** Densities that the sampler can walk on. */
export { checkGradient, type GradientCheck } from "./check_gradient.ts";
export {
  between,
  defineModel,
  type DefineOptions,
  type Parameter,
  positive,
  real,
  type Values,
} from "./define.ts";
export { differentiate, type Operand, Variable } from "./differentiate.ts";
export type { Model, ModelSource } from "./model.ts";
