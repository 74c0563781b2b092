/**
 * Jupyter's wire protocol 5.3 as a client speaks it: signed messages, requests on shell, outputs from iopub. Nothing goes
 * over control: Deno ignores interrupts, and a kernel that is not needed any more is killed.
 *
 * @see https://jupyter-client.readthedocs.io/en/latest/messaging.html
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { connectZmtp, type ZmtpSocket } from "./zmtp.ts";

/** What a connection file holds. */
export interface ConnectionInfo {
  readonly transport: "tcp";
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: "hmac-sha256";
}

/** A message from the kernel. */
export interface KernelMessage {
  readonly type: string;
  /** The request that it belongs to; empty where it belongs to none. */
  readonly parent: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** The kernel's answer to an execution. */
export interface ExecuteReply {
  readonly status: "ok" | "error" | "aborted";
  readonly execution_count?: number;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A client of one kernel. */
export interface JupyterClient {
  /** Sends code; `id` is the parent of every output that belongs to it. */
  execute(
    code: string,
    options?: ExecuteOptions,
  ): { readonly id: string; readonly reply: Promise<ExecuteReply> };
  /** Asks the kernel who it is. */
  info(): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when the kernel has closed iopub and all that it sent has been handed on. */
  readonly finished: Promise<void>;
  /** Closes the sockets; replies that are still awaited reject. */
  close(): void;
}

/** Options of {@linkcode JupyterClient.execute}. */
export interface ExecuteOptions {
  /** Whether this execution leaves the counter and the history alone. @default {false} */
  readonly silent?: boolean;
}

const DELIMITER = "<IDS|MSG>";
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/**
 * Connects to a kernel that is up.
 *
 * @param onMessage Called with every message on iopub, in the order of arrival.
 * @throws {Error} If the kernel does not listen yet.
 */
export async function connectClient(
  connection: ConnectionInfo,
  onMessage: (message: KernelMessage) => void,
): Promise<JupyterClient> {
  const { ip, key } = connection;
  const sockets: ZmtpSocket[] = [];
  const open = async (type: "DEALER" | "SUB", port: number): Promise<ZmtpSocket> => {
    const socket = await connectZmtp(type, ip, port);
    sockets.push(socket);
    return socket;
  };
  const close = (): void => sockets.forEach((socket) => socket.close());
  try {
    const iopub = await open("SUB", connection.iopub_port);
    const shell = await open("DEALER", connection.shell_port);
    return talk(key, { iopub, shell }, onMessage, close);
  } catch (error) {
    close();
    throw error;
  }
}

function talk(
  key: string,
  sockets: { readonly iopub: ZmtpSocket; readonly shell: ZmtpSocket },
  onMessage: (message: KernelMessage) => void,
  close: () => void,
): JupyterClient {
  const session = crypto.randomUUID();
  const waiting = new Map<string, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  let count = 0;

  const request = (
    socket: ZmtpSocket,
    type: string,
    content: Record<string, unknown>,
  ): { id: string; reply: Promise<Readonly<Record<string, unknown>>> } => {
    const id = `${session}_${++count}`;
    const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    waiting.set(id, answer);
    // An awaiter may come later, or (after shutdown) never: a rejection that nobody awaits is not an error of ours.
    answer.promise.catch(() => {});
    socket.send(encode(key, session, id, type, content)).catch((error) => answer.reject(error));
    return { id, reply: answer.promise };
  };

  const listen = async (socket: ZmtpSocket, take: (message: KernelMessage) => void): Promise<void> => {
    for await (const frames of socket.messages()) {
      const message = decode(key, frames);
      if (message) take(message);
    }
  };
  const answers = (message: KernelMessage): void => {
    waiting.get(message.parent)?.resolve(message.content);
    waiting.delete(message.parent);
  };
  const ended = (): void => {
    for (const answer of waiting.values()) answer.reject(new Error("the kernel closed its connection"));
    waiting.clear();
  };
  const finished = listen(sockets.iopub, onMessage).catch(() => {});
  listen(sockets.shell, answers).catch(() => {}).then(ended);

  return {
    execute(code, { silent = false } = {}): { id: string; reply: Promise<ExecuteReply> } {
      const { id, reply } = request(sockets.shell, "execute_request", {
        code,
        silent,
        store_history: !silent,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      });
      return { id, reply: reply as Promise<unknown> as Promise<ExecuteReply> };
    },
    info: () => request(sockets.shell, "kernel_info_request", {}).reply,
    finished,
    close(): void {
      close();
      ended();
    },
  };
}

/** A request as frames: delimiter, signature, header, parent, metadata, content. */
function encode(
  key: string,
  session: string,
  id: string,
  type: string,
  content: Record<string, unknown>,
): Uint8Array[] {
  const header = {
    msg_id: id,
    msg_type: type,
    session,
    username: "credible",
    date: new Date().toISOString(),
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => ENCODER.encode(JSON.stringify(part)));
  return [ENCODER.encode(DELIMITER), ENCODER.encode(sign(key, parts)), ...parts];
}

/** A message of the kernel, or undefined where the frames are not one or the signature is another's. */
function decode(key: string, frames: readonly Uint8Array[]): KernelMessage | undefined {
  const start = frames.findIndex((f) => f.length === DELIMITER.length && DECODER.decode(f) === DELIMITER);
  const parts = frames.slice(start + 2, start + 6);
  if (start < 0 || parts.length < 4 || DECODER.decode(frames[start + 1]) !== sign(key, parts)) {
    return undefined;
  }
  const [header, parent, , content] = parts.map((part) => JSON.parse(DECODER.decode(part)));
  return { type: header.msg_type, parent: parent?.msg_id ?? "", content };
}

/** Hex HMAC-SHA256 over the four JSON parts. */
export function sign(key: string, parts: readonly Uint8Array[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  return hmac.digest("hex");
}
