// Before tsc: the types made from the OpenAPI document, which the pages have too, and the repository's licence. And an
// empty dist, so that no file of an earlier build is packed.
import { copyFileSync, rmSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url);
rmSync(here("dist"), { recursive: true, force: true });
copyFileSync(here("../../web/api/schema.ts"), here("src/schema.ts"));
copyFileSync(here("../../LICENSE"), here("LICENSE"));
