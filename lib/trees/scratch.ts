const PAGE = 65_536;

/** Where a kernel's own data end at the latest; checked when it is loaded. */
const BASE = 4096;

type Plain = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Puts arrays one after another, each at a multiple of 16 bytes, as a kernel reads them. */
export class Packer {
  #bytes = new Uint8Array(1 << 14);
  #end = 0;

  /** Appends a copy; gives its place in {@linkcode bytes}. */
  add(values: Plain): number {
    const place = this.#end;
    const next = (place + values.byteLength + 15) & ~15;
    if (next > this.#bytes.length) {
      const larger = new Uint8Array(2 * next);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), place);
    this.#end = next;
    return place;
  }

  /** All that was appended. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }
}

/**
 * A kernel and its one memory, which every call uses anew: what stays between calls is only the data of the forest that was used last.
 *
 * @typeParam K What the compiled module exports.
 */
export class Scratch<K extends { heapBase(): number }> {
  readonly kernel: K;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #data: Uint8Array | undefined;

  /** Loads a compiled module. */
  constructor(url: URL) {
    const abort = (): never => {
      throw new Error("Cannot use the trees: their kernel stopped");
    };
    const module = new WebAssembly.Module(Deno.readFileSync(url));
    this.kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort } })
      .exports as unknown as K;
    if (this.kernel.heapBase() > BASE) {
      throw new Error("Cannot use the trees: the kernel's own data reach into the buffers");
    }
  }

  /**
   * Makes room for a forest's data and for buffers behind them, and copies the data unless they are there from the last call.
   *
   * @param sizes Of the buffers, in bytes.
   * @returns The address of the data and those of the buffers. Buffers hold what they held before.
   */
  use<B extends string>(
    data: Uint8Array,
    sizes: Readonly<Record<B, number>>,
  ): { readonly data: number; readonly buffers: Readonly<Record<B, number>> } {
    let next = BASE + ((data.length + 63) & ~63);
    const buffers: Record<B, number> = { ...sizes };
    for (const name in sizes) {
      buffers[name] = next;
      next = Math.ceil((next + sizes[name]) / 64) * 64;
    }
    const lacking = next - this.#memory.buffer.byteLength;
    if (lacking > 0) this.#memory.grow(Math.ceil(lacking / PAGE));
    if (this.#data !== data) new Uint8Array(this.#memory.buffer).set(data, BASE);
    this.#data = data;
    return { data: BASE, buffers };
  }

  /** The memory, whose views end where {@linkcode use} makes it larger. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer;
  }
}
