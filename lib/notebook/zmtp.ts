/**
 * The little of ZMTP 3.0 that a Jupyter client needs: the NULL mechanism, DEALER and SUB sockets, one TCP connection
 * each. Peers that speak 3.1 are served too: they fall back to what we announce.
 *
 * @see https://rfc.zeromq.org/spec/23/
 * @module
 */

/** The socket types that a Jupyter client connects with. */
export type ZmtpType = "DEALER" | "SUB";

/** A connected socket. Messages are lists of frames. */
export interface ZmtpSocket {
  /** Sends one message; concurrent calls keep their order. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** The messages that arrive, until the peer or `close` ends the connection. To be iterated once. */
  messages(): AsyncGenerator<Uint8Array[]>;
  /** Closes the connection; closing twice is fine. */
  close(): void;
}

const MORE = 1;
const LONG = 2;
const COMMAND = 4;
const GREETING_BYTES = 64;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/**
 * Connects a socket and shakes hands. A SUB socket subscribes to everything.
 *
 * @throws {Error} If nobody listens, or the peer does not speak ZMTP 3 without encryption.
 */
export async function connectZmtp(type: ZmtpType, hostname: string, port: number): Promise<ZmtpSocket> {
  const connection = await Deno.connect({ hostname, port });
  try {
    connection.setNoDelay(true);
    const reader = connection.readable.getReader();
    const frames = readFrames(reader);
    const write = writer(connection);
    await write(concat([greeting(), encodeFrame(ready(type), COMMAND)]));
    await readReady(frames);
    if (type === "SUB") await write(encodeFrame(Uint8Array.of(1), 0));
    return {
      send: (message) => write(encodeMessage(message)),
      messages: () => readMessages(frames, write),
      close: () => {
        try {
          connection.close();
        } catch {
          // The peer closed it first.
        }
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** One message as bytes on the wire. */
export function encodeMessage(frames: readonly Uint8Array[]): Uint8Array {
  return concat(frames.map((frame, i) => encodeFrame(frame, i < frames.length - 1 ? MORE : 0)));
}

function encodeFrame(body: Uint8Array, flags: number): Uint8Array {
  const long = body.length > 255;
  const bytes = new Uint8Array((long ? 9 : 2) + body.length);
  bytes[0] = flags | (long ? LONG : 0);
  if (long) new DataView(bytes.buffer).setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, long ? 9 : 2);
  return bytes;
}

/** Signature, version 3.0, mechanism NULL, not a server; the rest is zero. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(ENCODER.encode("NULL"), 12);
  return bytes;
}

/** The READY command with its one property, the type of the socket. */
function ready(type: ZmtpType): Uint8Array {
  const name = ENCODER.encode("Socket-Type");
  const value = ENCODER.encode(type);
  return concat([
    Uint8Array.of(5),
    ENCODER.encode("READY"),
    Uint8Array.of(name.length),
    name,
    Uint8Array.of(0, 0, 0, value.length),
    value,
  ]);
}

interface Frame {
  readonly flags: number;
  readonly body: Uint8Array;
}

async function readReady(frames: AsyncGenerator<Frame>): Promise<void> {
  const { value } = await frames.next();
  const isReady = value && value.flags & COMMAND && DECODER.decode(value.body.subarray(1, 6)) === "READY";
  if (!isReady) throw new Error("Cannot connect to the kernel: the peer did not finish the ZMTP handshake");
}

async function* readMessages(
  frames: AsyncGenerator<Frame>,
  write: (bytes: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array[]> {
  let message: Uint8Array[] = [];
  for await (const { flags, body } of frames) {
    if (flags & COMMAND) {
      if (DECODER.decode(body.subarray(0, 5)) === "\x04PING") await write(encodeFrame(pong(body), COMMAND));
      continue;
    }
    message.push(body);
    if (flags & MORE) continue;
    yield message;
    message = [];
  }
}

/** The answer to a PING of ZMTP 3.1: its context (after the name and two bytes of time to live) goes back. */
function pong(ping: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(4), ENCODER.encode("PONG"), ping.subarray(7)]);
}

/** Splits what arrives into frames, after the greeting. Ends when the connection does. */
export async function* readFrames(
  reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> },
): AsyncGenerator<Frame> {
  let buffer: Uint8Array = new Uint8Array(0);
  /** Reads until `length` bytes are buffered; false at the end of the connection. */
  const fill = async (length: number): Promise<boolean> => {
    if (buffer.length >= length) return true;
    const parts = [buffer];
    for (let held = buffer.length; held < length;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || !value) return false;
      parts.push(value);
      held += value.length;
    }
    buffer = concat(parts);
    return true;
  };
  if (!await fill(GREETING_BYTES)) return;
  const speaks = buffer[0] === 0xff && buffer[10]! >= 3 &&
    DECODER.decode(buffer.subarray(12, 17)) === "NULL\0";
  if (!speaks) {
    throw new Error("Cannot connect to the kernel: the peer must speak ZMTP 3 with mechanism NULL");
  }
  buffer = buffer.subarray(GREETING_BYTES);
  while (await fill(2)) {
    const flags = buffer[0]!;
    const header = flags & LONG ? 9 : 2;
    if (!await fill(header)) return;
    const view = new DataView(buffer.buffer, buffer.byteOffset);
    const length = flags & LONG ? Number(view.getBigUint64(1)) : buffer[1]!;
    if (!await fill(header + length)) return;
    yield { flags, body: buffer.slice(header, header + length) };
    buffer = buffer.subarray(header + length);
  }
}

/** A function that writes whole buffers one after the other. */
function writer(connection: Deno.TcpConn): (bytes: Uint8Array) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (bytes) => {
    const write = async (): Promise<void> => {
      for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
    };
    last = last.then(write, write);
    return last;
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
