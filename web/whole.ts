// Puts a page's script and styles into its HTML: one answer draws it, where each file would cost a round trip more.
import type { OutputAsset, OutputBundle, OutputChunk } from "rolldown";
import type { Plugin } from "vite";

/** What a page needs soon after its first view; it is on its way while that is drawn. */
const SOON = "sockets";

/** The script that an HTML file starts. */
function entryOf(html: OutputAsset, bundle: OutputBundle): OutputChunk | undefined {
  return Object.values(bundle).find(
    (file): file is OutputChunk =>
      file.type === "chunk" && file.isEntry && !!file.facadeModuleId?.endsWith(html.fileName),
  );
}

/** Preloads what is needed soon, in every page; and makes those of `names`, each built alone, whole. */
export function wholePages(names: readonly string[]): Plugin {
  return {
    name: "whole-pages",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post", // Vite fills in its own imports before
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
          const soon = entryOf(file, bundle)?.dynamicImports.find((name) => name.includes(`/${SOON}-`));
          let html = String(file.source);
          if (names.some((name) => file.fileName === `${name}/index.html`)) html = whole(html, file.fileName, bundle);
          if (soon) html = html.replace("</title>", `</title>\n    <link rel="modulepreload" href="/${soon}">`);
          file.source = html;
        }
      },
    },
  };
}

function whole(html: string, page: string, bundle: OutputBundle): string {
  let script = "";
  const taken = (_tag: string, name: string): string => {
    const part = bundle[name];
    if (!part) throw new Error(`${page} names ${name}, which is not in its build`);
    delete bundle[name];
    if (part.type === "asset") return `<style>${String(part.source)}</style>`;
    const second = Object.values(bundle).find((file) => file.type === "chunk" && file.imports.includes(name));
    if (second) throw new Error(`${second.fileName} would load the script of ${page} again: import it statically`);
    script = part.code.trim().replaceAll("</script", "<\\/script").replaceAll("import(`./", "import(`/assets/");
    return "";
  };
  return (
    html
      .replace(/ *<script type="module" crossorigin src="\/([^"]+)"><\/script>\n/g, taken)
      .replace(/<link rel="stylesheet" crossorigin href="\/([^"]+)">/g, taken)
      // last, so that the skeleton is painted before the script is there
      .replace("</body>", () => `  <script type="module">${script}</script>\n  </body>`)
  );
}
