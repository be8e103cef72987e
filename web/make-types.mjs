// Writes api/schema.ts, and the npm package's types of the control plane, from the documents of a running gateway:
//   npm run types -- http://127.0.0.1:8080
// A second argument names another folder to write both to.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENTS = [
  { path: "openapi.json", folder: "api/", name: "schema.ts", defaultNonNullable: true },
  // a test sends these shapes more than it reads them: a field that has a default may be left out
  {
    path: "sim/v1/openapi.json",
    folder: "../clients/node/src/",
    name: "control-schema.ts",
    defaultNonNullable: false,
  },
];
const gateway = (process.argv[2] ?? "http://127.0.0.1:8080").replace(/\/$/, "");

for (const { path, folder, name, defaultNonNullable } of DOCUMENTS) {
  const text = await (await fetch(`${gateway}/${path}`)).text();
  // a field's title is its name once more
  const document = JSON.parse(text, (key, value) => (key === "title" && typeof value === "string" ? undefined : value));
  // the shapes alone are used, under their own names
  const tree = await openapiTS(
    { openapi: document.openapi, info: { title: "", version: "" }, paths: {}, components: document.components },
    {
      alphabetize: true,
      defaultNonNullable,
      emptyObjectsUnknown: true,
      enumValues: true,
      rootTypes: true,
      rootTypesNoSchemaPrefix: true,
      rootTypesKeepCasing: true,
    },
  );
  const target = `${process.argv[3] ?? fileURLToPath(new URL(folder, import.meta.url))}/${name}`;
  writeFileSync(target, `// Made by \`npm run types\` from ${path}; do not edit.\n\n${astToString(tree)}`);
}
