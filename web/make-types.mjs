// Writes api/schema.ts from a gateway's openapi.json:  npm run types -- http://127.0.0.1:8080
// or from a file:  npm run types -- openapi.json  (a second argument names another file to write)
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = process.argv[2] ?? "http://127.0.0.1:8080";
const target = process.argv[3] ?? new URL("api/schema.ts", import.meta.url);
const text = source.startsWith("http")
  ? await (await fetch(`${source.replace(/\/$/, "")}/openapi.json`)).text()
  : readFileSync(source, "utf8");
// a field's title is its name once more
const document = JSON.parse(text, (key, value) => (key === "title" && typeof value === "string" ? undefined : value));

// the pages use the shapes alone, under their own names
const tree = await openapiTS(
  { openapi: document.openapi, info: { title: "", version: "" }, paths: {}, components: document.components },
  {
    alphabetize: true,
    emptyObjectsUnknown: true,
    enumValues: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    rootTypesKeepCasing: true,
  },
);
writeFileSync(target, `// Made by \`npm run types\` from openapi.json; do not edit.\n\n${astToString(tree)}`);
