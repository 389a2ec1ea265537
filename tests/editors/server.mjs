// The language server, spoken to as an editor does: JSON-RPC over its standard
// input and output.

import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";

/** How long an answer may take before the check gives up. */
const LONGEST = 60_000;

export class Server {
  #process;
  #settings;
  #buffer = Buffer.alloc(0);
  #next = 1;
  #answers = new Map();
  #diagnostics = new Map();

  constructor(program, settings) {
    this.#settings = settings;
    this.#process = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (bytes) => this.#read(bytes));
  }

  async begin(folder) {
    const uri = pathToFileURL(folder).href;
    await this.ask("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "specs" }],
      capabilities: {
        textDocument: {
          completion: { completionItem: { documentationFormat: ["markdown", "plaintext"] } },
          hover: { contentFormat: ["markdown", "plaintext"] },
          publishDiagnostics: {},
        },
        workspace: { configuration: true, didChangeConfiguration: {}, workspaceFolders: true },
      },
    });
    this.#tell("initialized", {});
    this.#tell("workspace/didChangeConfiguration", { settings: this.#settings });
  }

  end() {
    this.#process.kill();
  }

  /** Opens a text, and returns what is said about it. */
  async open(path, text) {
    const uri = pathToFileURL(path).href;
    const heard = new Promise((resolve) => this.#diagnostics.set(uri, resolve));
    this.#tell("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return within(heard, `diagnostics of ${path}`);
  }

  /** Asks something about a place in an open text. */
  at(method, path, position) {
    return this.ask(method, { textDocument: { uri: pathToFileURL(path).href }, position });
  }

  ask(method, params) {
    const id = this.#next++;
    const answer = new Promise((resolve) => this.#answers.set(id, resolve));
    this.#send({ id, method, params });
    return within(answer, method);
  }

  #tell(method, params) {
    this.#send({ method, params });
  }

  #send(message) {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #read(bytes) {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("utf8", 0, end))[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const text = this.#buffer.toString("utf8", end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#hear(JSON.parse(text));
    }
  }

  #hear(message) {
    if (message.method === "textDocument/publishDiagnostics") {
      this.#diagnostics.get(message.params.uri)?.(message.params.diagnostics);
    } else if (message.method === "workspace/configuration") {
      const result = message.params.items.map((item) => this.#settings[item.section] ?? {});
      this.#send({ id: message.id, result });
    } else if (message.method && message.id !== undefined) {
      this.#send({ id: message.id, result: null });
    } else if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message.result ?? message.error);
    }
  }
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer: ${what}`)), LONGEST);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
