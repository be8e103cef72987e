// Before tsc: an empty dist, so that no file of an earlier build is packed, and the repository's licence.
import { copyFileSync, rmSync } from "node:fs";

rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });
copyFileSync(new URL("../../LICENSE", import.meta.url), new URL("LICENSE", import.meta.url));
