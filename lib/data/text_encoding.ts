/** The text of a file, and how its bytes were read. */
export interface Decoded {
  readonly text: string;
  /** `UTF-8`, `UTF-8 with BOM`, `UTF-16LE`, `UTF-16BE` or `Windows-1252`. */
  readonly encoding: string;
}

/**
 * Decodes the bytes of a text file: a byte order mark decides; else zero bytes in every other place are UTF-16; else valid
 * UTF-8 is UTF-8; what remains is Windows-1252, which holds all of Latin-1.
 *
 * @returns undefined if the bytes are no text.
 */
export function decodeText(bytes: Uint8Array, encoding?: string): Decoded | undefined {
  if (encoding !== undefined) return { text: new TextDecoder(encoding).decode(bytes), encoding };
  const utf16 = guessUtf16(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), encoding: utf16.toUpperCase() };
  if (bytes.subarray(0, 65_536).includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { text, encoding: mark ? "UTF-8 with BOM" : "UTF-8" };
  } catch {
    if (isBinary(bytes)) return undefined;
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "Windows-1252" };
  }
}

function guessUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const sample = bytes.subarray(0, 2000);
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2]!++;
  const half = sample.length / 2;
  if (half < 2) return undefined;
  if (zeros[1]! > 0.7 * half && zeros[0]! < 0.1 * half) return "utf-16le";
  if (zeros[0]! > 0.7 * half && zeros[1]! < 0.1 * half) return "utf-16be";
  return undefined;
}

/** Control characters that no table holds, in more than one byte of a hundred. */
function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 65_536);
  let control = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32)) control++;
  return control > sample.length / 100;
}
