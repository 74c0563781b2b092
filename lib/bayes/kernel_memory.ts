/** What every kernel exports: the first address that the compiler's own data does not use. */
export interface KernelExports {
  heapBase(): number;
}

const PAGE = 65536;

/** Modules are compiled once per thread; each user has an instance, with a memory of its own. */
const compiled = new Map<string, WebAssembly.Module>();

/** A compiled kernel and its memory, in which arrays are reserved one after the other. */
export class KernelMemory<Exports extends KernelExports> {
  /** The kernel's functions, which take addresses. */
  readonly kernel: Exports;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #end: number;

  /** Instantiates the module at `url`, a file beside its source `x.as.ts`. */
  constructor(url: URL) {
    const module = compiled.get(url.href) ?? new WebAssembly.Module(Deno.readFileSync(url));
    compiled.set(url.href, module);
    const abort = (): never => {
      throw new Error(`the kernel ${url.href} aborted`);
    };
    this.kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort } })
      .exports as unknown as Exports;
    this.#end = aligned(this.kernel.heapBase());
  }

  /** The address of so many bytes that nobody else uses. Views made before it are detached. */
  reserve(bytes: number): number {
    const address = this.#end;
    this.#end += aligned(bytes);
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** Doubles in place. */
  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  /** Unsigned integers in place. */
  integers(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, length);
  }
}

/** The next address at which vectors of two doubles may stand. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
