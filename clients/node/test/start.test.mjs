// How a gateway is found and started, and that it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { PairingError, startGateway } from "scan-to-login";

const PATH = process.env.PATH;
const GATEWAY = PATH.split(delimiter)
  .map((folder) => join(folder, "gateway"))
  .find((file) => existsSync(file));
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

/** The process that has started another one. */
const parentOf = (pid) => Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
const IMPORT = 'import { startGateway } from "scan-to-login";';
const NOT_LINUX = process.platform === "linux" ? false : "gateways are forked on Linux alone";

/** Processes that were started with this temporary folder, and what is in it. */
function left(temporary) {
  const processes = readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(`TMPDIR=${temporary}\0`);
    } catch {
      return false; // it has ended, or is somebody else's
    }
  });
  return [...processes, ...readdirSync(temporary)];
}

async function untilNothingIsLeft(temporary) {
  const until = Date.now() + 20_000;
  for (let found = left(temporary); found.length; found = left(temporary)) {
    assert.ok(Date.now() < until, `left: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
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

test("a gateway that is not ready in time is ended", async () => {
  process.env.PATH = PATH;
  await assert.rejects(startGateway({ timeout: 1 }), failure("start_failed", /was not ready in 1 ms/));
  await assert.rejects(
    startGateway({ timeout: 1, settings: { PYTHONHASHSEED: "0" } }),
    failure("start_failed", /was not ready in 1 ms/),
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

test("gateways of one process are forked from one forkserver, each with its own settings", {
  skip: NOT_LINUX,
}, async () => {
  process.env.PATH = PATH;
  await using first = await startGateway({ settings: { PAIRING_SIM_TOKEN: "first" } });
  await using second = await startGateway({ settings: { PAIRING_SIM_TOKEN: "second" } });
  assert.notEqual(parentOf(first.pid), process.pid);
  assert.equal(parentOf(second.pid), parentOf(first.pid));
  await using mistaken = await startGateway({ url: second.url, simToken: "first" });
  await assert.rejects(mistaken.control.clock.read(), (error) => error.code === "unauthenticated");
  await Promise.all([first.control.clock.advance({ days: 1 }), second.control.clock.freeze()]);
  assert.equal((await first.control.clock.read()).frozen, false);
  const pid = first.pid;
  await first.stop();
  assert.ok(!there(pid));
  await using spawned = await startGateway({ settings: { PYTHONHASHSEED: "0" } });
  assert.equal(parentOf(spawned.pid), process.pid);
});

test("where the forkserver is killed or none starts, gateways go on, and start", { skip: NOT_LINUX }, async () => {
  process.env.PATH = PATH;
  await using kept = await startGateway();
  process.kill(parentOf(kept.pid), "SIGKILL");
  await using further = await startGateway();
  await kept.control.clock.read();
  await kept.stop();
  await assert.rejects(kept.control.clock.read(), (error) => error.code === "unreachable");
  await further.control.clock.read();
  await using forked = await startGateway();
  assert.notEqual(parentOf(forked.pid), process.pid);
  onlyPrograms({ gateway: `[ "$1" = forkserver ] && exit 2\nexec "${GATEWAY}" "$@"` });
  await using spawned = await startGateway();
  assert.equal(parentOf(spawned.pid), process.pid);
});

test("all ends with a process that forgets stop(), and with one that is killed, be it at the start", async () => {
  process.env.PATH = PATH;
  const ready = "await Promise.all([startGateway(), startGateway()]); console.log('ready');";
  for (const [program, killed] of [
    [ready, false],
    [`${ready} setInterval(() => {}, 1000);`, true],
    ["startGateway(); console.log('starting');", true],
    ["await startGateway(); startGateway(); console.log('starting another');", true],
  ]) {
    const temporary = mkdtempSync(join(folder, "tmp-"));
    const node = spawn(process.execPath, ["--input-type=module", "--eval", `${IMPORT}\n${program}`], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(node, "exit");
    await once(createInterface({ input: node.stdout }), "line");
    if (killed) node.kill("SIGKILL");
    await ended;
    await untilNothingIsLeft(temporary);
  }
});
