// How a gateway is found and started, and that it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { PairingError, startGateway } from "scan-to-login";

const PATH = process.env.PATH;
const GATEWAY = PATH.split(delimiter)
  .map((folder) => join(folder, "gateway"))
  .find((file) => readdirSync(join(file, "..")).includes("gateway"));
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "programs-"));
});
after(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

/** Make these the only programs on the PATH: names, each with the lines of its shell script. */
function onlyPrograms(scripts) {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  process.env.PATH = bin;
}

const failure = (code, sentence) => (error) =>
  error instanceof PairingError && error.code === code && sentence.test(error.message) && !error.message.includes("\n");

/** Whether a process is there. */
function there(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("settings, a port of one's own, and number matching that is required", async () => {
  process.env.PATH = PATH;
  await using gateway = await startGateway({ settings: { PAIRING_NUMBER_MATCHING: "require" }, simToken: "s3cret" });
  await using client = gateway.client();
  const phone = await gateway.phone();
  const ticket = await client.requestTicket();
  await phone.scan(ticket);
  await phone.confirm();
  await ticket.waitFor("confirmed");
  await using other = await startGateway({ url: gateway.url });
  await assert.rejects(other.control.clock.read(), (error) => error.code === "unauthenticated");
  assert.equal(other.pid, null);
  await other.stop();
  assert.ok(there(gateway.pid));
  const pid = gateway.pid;
  await gateway.stop();
  assert.ok(!there(pid));
});

test("PAIRING_URL names a running gateway", async () => {
  process.env.PATH = PATH;
  await using gateway = await startGateway();
  process.env.PAIRING_URL = gateway.url;
  try {
    assert.equal((await startGateway()).url, gateway.url);
  } finally {
    delete process.env.PAIRING_URL;
  }
});

test("where none answers or the address is wrong, one sentence says so", async () => {
  await assert.rejects(startGateway({ url: "http://127.0.0.1:9" }), failure("unreachable", /No gateway answers at/));
  await assert.rejects(startGateway({ url: "localhost:80" }), failure("unreachable", /give http:\/\/host:port/));
});

test("where nothing is installed, one sentence says what to install", async () => {
  onlyPrograms({});
  await assert.rejects(
    startGateway(),
    failure("no_gateway", /pip install '\.\[server\]'.*`gateway` is on the PATH.*PAIRING_URL/),
  );
});

test("a gateway that refuses to start says why, in its own sentence", async () => {
  process.env.PATH = PATH;
  await assert.rejects(
    startGateway({ seed: "/no/such.json" }),
    failure("start_failed", /`(gateway|scan-to-login)` .*such\.json/),
  );
});

test("uvx is tried after the command, and the container image after uvx", async () => {
  // Stand-ins: neither a package index nor a container engine is needed to see with what they are called.
  const asDocker = 'while [ "$1" != scan-to-login ]; do shift; done; shift';
  onlyPrograms({
    uvx: "echo 'Error: no such package' >&2; exit 1",
    docker: `${asDocker}\nexec "${GATEWAY}" "$@" --host 127.0.0.1 --data-dir "${folder}/data"`,
  });
  await using inContainer = await startGateway();
  assert.equal((await inContainer.control.seed()).units[0].alias, "A");
  onlyPrograms({
    uvx: `[ "$1 $2 $3" = "--from scan-to-login[server] scan-to-login" ] || exit 2\nshift 3\nexec "${GATEWAY}" "$@"`,
  });
  await using byUvx = await startGateway();
  assert.equal((await byUvx.control.seed()).units[0].alias, "A");
  onlyPrograms({ uvx: "echo 'Error: no such package' >&2; exit 1" });
  await assert.rejects(
    startGateway(),
    failure("start_failed", /`uvx --from scan-to-login\[server\] scan-to-login` .*no such package/),
  );
});

test("a gateway ends with a process that forgets stop() and with one that is killed", async () => {
  process.env.PATH = PATH;
  const program = (then) =>
    `import { startGateway } from "scan-to-login";
     const gateway = await startGateway();
     console.log(gateway.pid, (await (await fetch(gateway.url + "/readyz")).json()) !== null);
     ${then}`;
  for (const [then, signal] of [
    ["", null],
    ["setInterval(() => {}, 1000)", "SIGKILL"],
  ]) {
    const node = spawn(process.execPath, ["--input-type=module", "--eval", program(then)], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: node.stdout }), "line");
    const pid = Number(line.split(" ")[0]);
    if (signal) node.kill(signal);
    await once(node, "exit");
    const until = Date.now() + 20_000;
    while (there(pid)) {
      assert.ok(Date.now() < until, `the gateway ${pid} goes on`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
