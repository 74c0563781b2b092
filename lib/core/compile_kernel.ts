/**
 * Compiles a kernel in AssemblyScript: `deno run -A lib/core/compile_kernel.ts lib/trees/grow/kernel.as.ts` writes `kernel.wasm` beside
 * it. The result is committed, so a user compiles nothing; a test beside each kernel compiles it again and compares bytes.
 */
import { ensure } from "./ensure.ts";

/** The bytes that a source `x.as.ts` compiles to; a line `// asc: …` in it adds to the compiler's options. @throws {Error} With the compiler's messages when it refuses the source. */
export async function compileKernel(source: URL): Promise<Uint8Array<ArrayBuffer>> {
  const asc = (await import("npm:assemblyscript@0.28.20/asc")).default;
  const text = await Deno.readTextFile(source);
  const more = /^\/\/ asc: (.+)$/m.exec(text)?.[1]?.split(" ") ?? [];
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      "kernel.as.ts",
      "--outFile",
      "kernel.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--noAssert",
      "--importMemory",
      ...more,
    ],
    {
      readFile: (name: string) => name === "kernel.as.ts" ? text : null,
      writeFile: (name: string, content: string | Uint8Array) => {
        if (name === "kernel.wasm" && typeof content !== "string") bytes = new Uint8Array(content);
      },
      listFiles: () => [],
    },
  );
  ensure(
    !error && bytes !== undefined,
    "compile the kernel",
    "the source",
    "accepted by asc",
    `${stderr}`,
    Error,
  );
  return bytes;
}

/** Where the compiled form of a source stands: `x.wasm` beside `x.as.ts`. */
export function compiledBeside(source: URL): URL {
  return new URL(source.href.replace(/\.as\.ts$/, ".wasm"));
}

if (import.meta.main) {
  for (const path of Deno.args) {
    const source = new URL(path, `file://${Deno.cwd()}/`);
    await Deno.writeFile(compiledBeside(source), await compileKernel(source));
  }
}
