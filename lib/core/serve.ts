/**
 * The worker's side of a pool.
 *
 * @module
 */

/** What `postMessage` can move, or share. */
export type Movable = Transferable | ArrayBufferLike;

/** What a handler may do besides computing. */
export interface JobContext {
  /** Tells the main thread how far the job is; any value that can be cloned. */
  progress(value: unknown): void;
  /** Marks buffers of the result as moved, not copied; a shared buffer stays shared. */
  transfer(...buffers: Movable[]): void;
}

/** A kind of work: a pure function of its input, since it may run in any worker. */
// deno-lint-ignore no-explicit-any -- each handler has types of its own, which a pool reads off it
export type Handler = (input: any, job: JobContext) => unknown;

/** The kinds of work that a worker does, by name. */
export type Handlers = Readonly<Record<string, Handler>>;

/** An order from the pool. */
export interface Order {
  /** The handler's name. */
  readonly handler: string;
  /** Its argument. */
  readonly input: unknown;
}

/** An error as it travels: an `Error` loses its stack and name on the way. */
export interface Failure {
  /** The class of the error. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Where it was thrown, in the worker. */
  readonly stack: string;
}

/** An answer to the pool. */
export type Answer =
  | { readonly kind: "progress"; readonly value: unknown }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly error: Failure }
  | { readonly kind: "closed" };

/** The worker's global scope, as far as it is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  close: () => void;
  postMessage(answer: Answer, transfer?: Transferable[]): void;
}

/**
 * Makes this worker do the given kinds of work for the pool that started it. Call it once, at the end of the worker's file,
 * and export the type of the handlers for the pool.
 *
 * ```ts ignore
 * const handlers = {
 *   chain(input: ChainInput, job: JobContext): Float64Array {
 *     return sample(input, (draw) => job.progress(draw));
 *   },
 * };
 * export type ChainWorker = typeof handlers;
 * serve(handlers);
 * ```
 */
export function serve(handlers: Handlers): void {
  const scope = globalThis as unknown as Scope;
  announceClose(scope);
  scope.onmessage = async ({ data: { handler, input } }) => {
    const buffers: Transferable[] = [];
    const job: JobContext = {
      progress: (value) => scope.postMessage({ kind: "progress", value }),
      transfer: (...more) => void buffers.push(...movable(more)),
    };
    try {
      const work = Object.hasOwn(handlers, handler) ? handlers[handler] : undefined;
      if (!work) {
        throw new TypeError(`No handler "${handler}" here, only ${Object.keys(handlers).join(", ")}`);
      }
      scope.postMessage({ kind: "done", result: await work(input, job) }, buffers);
    } catch (thrown) {
      scope.postMessage({ kind: "failed", error: failure(thrown) });
    }
  };
}

/** What is to be moved: a shared buffer is not. */
export function movable(buffers: readonly Movable[]): Transferable[] {
  return buffers.filter((buffer): buffer is Transferable => !(buffer instanceof SharedArrayBuffer));
}

/** A worker that closes itself fires no event on the other side, and its job would never end. */
function announceClose(scope: Scope): void {
  const close = scope.close.bind(scope);
  const announced = (): never => {
    scope.postMessage({ kind: "closed" });
    close();
    throw new Error("this worker is closed");
  };
  scope.close = announced;
  Deno.exit = announced;
}

function failure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown), stack: "" };
  return { name: thrown.name, message: thrown.message, stack: thrown.stack ?? "" };
}
