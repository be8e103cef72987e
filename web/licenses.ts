// The licenses of all that is bundled from node_modules: a text beside the pages, in the wheel as in the browser.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

export const LICENSES = "assets/licenses.txt";

/** Code that the build itself adds. */
const HELPERS: Record<string, string> = { "\0rolldown/runtime.js": "rolldown", "\0vite/preload-helper.js": "vite" };

/** The folder of the package that a module belongs to, or "" for our own. */
function packageFolder(modules: string, id: string): string {
  const helper = HELPERS[id];
  if (helper) return join(modules, helper);
  const match = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll("\\", "/").replace(/^\0/, ""));
  return match?.[0] ?? "";
}

/** What a README says about code of others in the package, as zxing-wasm's does about its WebAssembly. */
function alsoContained(folder: string): string[] {
  const readme = readdirSync(folder).find((path) => /^readme\.md$/i.test(path));
  const text = readme ? readFileSync(join(folder, readme), "utf8") : "";
  const [, section] = text.split("\n## Licenses\n");
  return section ? [section.split("\n## ")[0]?.trim() ?? ""] : [];
}

/** Name, version, license and license text; a package without a text stops the build. */
function entry(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  const file = readdirSync(folder).find((path) => /^(licen[cs]e|copying)/i.test(path));
  if (!name || !license || !file) throw new Error(`${folder} says no license: choose another package`);
  // a bundler's file goes on with what is bundled into the bundler
  const [text = ""] = readFileSync(join(folder, file), "utf8").split("# Licenses of bundled dependencies");
  return [`${name} ${version} (${license})`, text.trim(), ...alsoContained(folder)].join("\n\n");
}

/** Write `LICENSES` from the modules that are really bundled: into the pages, and before them into their workers. */
export function licenses(root: string): { pages: Plugin; workers: () => Plugin[] } {
  const modules = join(root, "node_modules");
  const folders = new Set<string>();
  const note: Plugin["generateBundle"] = (_options, bundle) => {
    const ids = Object.values(bundle).flatMap((output) => (output.type === "chunk" ? output.moduleIds : []));
    for (const id of ids) folders.add(packageFolder(modules, id));
  };
  return {
    workers: () => [{ name: "licenses-of-workers", apply: "build", generateBundle: note }],
    pages: {
      name: "licenses",
      apply: "build",
      generateBundle(options, bundle, isWrite) {
        note.call(this, options, bundle, isWrite);
        const entries = [...new Set([...folders].filter(Boolean).map(entry))].sort();
        const head = "The pages of scan-to-login contain code of these packages.";
        const line = `\n\n${"-".repeat(80)}\n`;
        this.emitFile({ type: "asset", fileName: LICENSES, source: `${[head, ...entries].join(line)}\n` });
      },
    },
  };
}
