/** A value of Universal Binary JSON; typed arrays become arrays of numbers. */
export type UbjsonValue = null | boolean | number | string | UbjsonValue[] | { [key: string]: UbjsonValue };

/** Deeper than this is no model, and would fill the stack. */
const MOST_LEVELS = 200;

/**
 * Reads Universal Binary JSON: big-endian numbers behind one letter that names their type, containers with or without a common type (`$`)
 * and a count (`#`).
 *
 * @throws {SyntaxError} If it is cut short, has a type that is not known, or goes on after its end; the message names the byte.
 * @see https://ubjson.org/type-reference
 */
export function parseUbjson(bytes: Uint8Array): UbjsonValue {
  const reader = new Reader(bytes);
  const value = reader.value(reader.letter(), 0);
  if (reader.at !== bytes.length) reader.fail("it goes on after its end");
  return value;
}

class Reader {
  at = 0;
  readonly #view: DataView;
  readonly #text = new TextDecoder("utf-8", { fatal: true });

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(why: string): never {
    throw new SyntaxError(`Cannot read UBJSON: ${why}, at byte ${this.at}`);
  }

  /** The next type or sign; no-operations are passed over. */
  letter(): string {
    for (;;) {
      const letter = String.fromCharCode(this.#view.getUint8(this.#take(1)));
      if (letter !== "N") return letter;
    }
  }

  value(type: string, level: number): UbjsonValue {
    if (level > MOST_LEVELS) this.fail("it is nested too deep");
    switch (type) {
      case "{":
        return this.#object(level);
      case "[":
        return this.#array(level);
      case "S":
        return this.#string(this.#length());
      case "C":
        return this.#string(1);
      case "Z":
        return null;
      case "T":
      case "F":
        return type === "T";
      default:
        return this.#number(type);
    }
  }

  #number(type: string): number {
    const view = this.#view;
    switch (type) {
      case "i":
        return view.getInt8(this.#take(1));
      case "U":
        return view.getUint8(this.#take(1));
      case "I":
        return view.getInt16(this.#take(2));
      case "l":
        return view.getInt32(this.#take(4));
      case "L":
        return Number(view.getBigInt64(this.#take(8)));
      case "d":
        return view.getFloat32(this.#take(4));
      case "D":
        return view.getFloat64(this.#take(8));
      default:
        return this.fail(`the type ${JSON.stringify(type)} is not known`);
    }
  }

  /** Moves past so many bytes, and says where they begin. */
  #take(count: number): number {
    const from = this.at;
    if (from + count > this.bytes.length) this.fail("it is cut short");
    this.at += count;
    return from;
  }

  #length(): number {
    const length = this.#number(this.letter());
    // Every item takes a byte at least, but for those whose type says all; no model has those.
    if (!(Number.isInteger(length) && length >= 0 && length <= this.bytes.length - this.at)) {
      this.fail(`a length of ${length} is more than is there`);
    }
    return length;
  }

  #string(length: number): string {
    const from = this.#take(length);
    try {
      return this.#text.decode(this.bytes.subarray(from, from + length));
    } catch {
      return this.fail("a text is not UTF-8");
    }
  }

  /** What stands before a container's items: their common type and their number, where they are told. */
  #head(): { type?: string; count?: number } {
    const head: { type?: string; count?: number } = {};
    if (this.#next("$")) head.type = this.letter();
    if (this.#next("#")) head.count = this.#length();
    else if (head.type !== undefined) this.fail("a container with a type must have a count");
    return head;
  }

  #next(letter: string): boolean {
    while (this.bytes[this.at] === 0x4e) this.at++; // N, no operation
    const found = this.bytes[this.at] === letter.charCodeAt(0);
    if (found) this.at++;
    return found;
  }

  #array(level: number): UbjsonValue[] {
    const { type, count } = this.#head();
    const items: UbjsonValue[] = [];
    while (count === undefined ? !this.#next("]") : items.length < count) {
      items.push(this.value(type ?? this.letter(), level + 1));
    }
    return items;
  }

  #object(level: number): { [key: string]: UbjsonValue } {
    const { type, count } = this.#head();
    const entries: [string, UbjsonValue][] = [];
    while (count === undefined ? !this.#next("}") : entries.length < count) {
      const key = this.#string(this.#length());
      entries.push([key, this.value(type ?? this.letter(), level + 1)]);
    }
    return Object.fromEntries(entries);
  }
}
