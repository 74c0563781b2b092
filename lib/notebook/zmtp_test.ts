import assert from "node:assert/strict";
import fc from "fast-check";
import { connectZmtp, encodeMessage, readFrames } from "./zmtp.ts";

/** The greeting of RFC 23: signature, version 3.0, mechanism NULL. */
function greeting(mechanism = "NULL"): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  bytes.set(new TextEncoder().encode(mechanism), 12);
  return bytes;
}

/** A reader that hands out the bytes in pieces of the given sizes. */
function inPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
): { read(): Promise<{ done: boolean; value?: Uint8Array }> } {
  let at = 0;
  let turn = 0;
  return {
    read(): Promise<{ done: boolean; value?: Uint8Array }> {
      if (at >= bytes.length) return Promise.resolve({ done: true });
      const value = bytes.slice(at, at += sizes[turn++ % sizes.length]!);
      return Promise.resolve({ done: false, value });
    },
  };
}

Deno.test("encodeMessage() writes short and long frames as RFC 23 has them", () => {
  const long = new Uint8Array(300).fill(7);
  const bytes = encodeMessage([Uint8Array.of(1, 2), long]);
  assert.deepEqual([...bytes.subarray(0, 4)], [1, 2, 1, 2], "MORE, length 2, body");
  assert.deepEqual([...bytes.subarray(4, 13)], [2, 0, 0, 0, 0, 0, 0, 1, 44], "LONG, length 300 in 8 bytes");
  assert.equal(bytes.length, 4 + 9 + 300);
});

Deno.test("readFrames() gives back what encodeMessage() wrote, however the bytes are cut", async () => {
  const frame = fc.uint8Array({ maxLength: 600 });
  await fc.assert(fc.asyncProperty(
    fc.array(frame, { minLength: 1, maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
    async (frames, sizes) => {
      const bytes = new Uint8Array([...greeting(), ...encodeMessage(frames)]);
      const read: number[][] = [];
      for await (const { body } of readFrames(inPieces(bytes, sizes))) read.push([...body]);
      assert.deepEqual(read, frames.map((f) => [...f]));
    },
  ));
});

Deno.test("readFrames() refuses a peer that encrypts, and one that speaks something else", async () => {
  const http = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(64));
  for (const bytes of [greeting("CURVE"), http]) {
    await assert.rejects(readFrames(inPieces(bytes, [64])).next(), /must speak ZMTP 3 with mechanism NULL/);
  }
});

Deno.test("connectZmtp() shakes hands, subscribes, answers a ping and hands over messages", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ready = new TextEncoder().encode("\x05READY\x0bSocket-Type\0\0\0\x03PUB");
  const ping = new TextEncoder().encode("\x04PING\0\0context");
  const pong = new TextEncoder().encode("\x04PONGcontext");
  const heard: number[] = [];
  const serve = async (): Promise<void> => {
    using peer = await listener.accept();
    const bytes = [
      greeting(),
      command(ready),
      command(ping),
      encodeMessage([Uint8Array.of(9), Uint8Array.of(8)]),
    ];
    for (const part of bytes) await peer.write(part);
    const buffer = new Uint8Array(1000);
    while (!heard.join().endsWith([...pong].join())) {
      heard.push(...buffer.subarray(0, await peer.read(buffer) ?? 0));
    }
  };
  const served = serve();
  const socket = await connectZmtp("SUB", "127.0.0.1", listener.addr.port);
  const { value } = await socket.messages().next();
  await served;
  socket.close();
  assert.deepEqual(value, [Uint8Array.of(9), Uint8Array.of(8)]);
  assert.deepEqual(heard.slice(0, 16), [...greeting().subarray(0, 16)]);
  const subscription = heard.join().includes([0, 1, 1, 4, pong.length].join());
  assert.ok(subscription, "a frame with 1 and no topic: everything; then the pong");
});

function command(body: Uint8Array): Uint8Array {
  return Uint8Array.of(4, body.length, ...body);
}
