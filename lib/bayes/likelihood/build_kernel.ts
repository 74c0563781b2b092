/**
 * Compiles `logistic.as.ts` to `logistic.wasm`: `deno run -A lib/bayes/likelihood/build_kernel.ts`. The result is
 * committed, so a user compiles nothing; a test compiles it again and compares bytes.
 */
import { ensure } from "../../core/mod.ts";

/** The bytes of the compiled kernel. @throws {Error} With the compiler's messages when it refuses the source. */
export async function compileKernel(): Promise<Uint8Array> {
  const asc = (await import("npm:assemblyscript@0.28.20/asc")).default;
  const source = await Deno.readTextFile(new URL("./logistic.as.ts", import.meta.url));
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "logistic.as.ts",
      "--outFile",
      "kernel.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--noAssert",
    ],
    {
      readFile: (name: string) => name === "logistic.as.ts" ? source : null,
      writeFile: (name: string, content: string | Uint8Array) => {
        if (name === "kernel.wasm" && typeof content !== "string") bytes = content;
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

if (import.meta.main) {
  await Deno.writeFile(new URL("./logistic.wasm", import.meta.url), await compileKernel());
}
