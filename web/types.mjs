// Writes api/schema.ts from a gateway's openapi.json:  npm run types -- http://127.0.0.1:8080
// or from a file:  npm run types -- openapi.json  (a second argument names another file to write)
import { readFileSync, writeFileSync } from "node:fs";

const source = process.argv[2] ?? "http://127.0.0.1:8080";
const target = process.argv[3] ?? new URL("api/schema.ts", import.meta.url);
const document = source.startsWith("http")
  ? await (await fetch(`${source.replace(/\/$/, "")}/openapi.json`)).json()
  : JSON.parse(readFileSync(source, "utf8"));

const safe = (name) => name.replace(/[^A-Za-z0-9_]/g, "_");

function typeOf(schema, indent) {
  if (schema === true || schema === undefined) return "unknown";
  if (schema.$ref) return safe(schema.$ref.split("/").at(-1));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((one) => typeOf(one, indent)))].join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array": {
      const item = typeOf(schema.items, indent);
      return item.includes("|") ? `(${item})[]` : `${item}[]`;
    }
    default:
      return schema.properties ? `{\n${fields(schema, `${indent}  `)}${indent}}` : "Record<string, unknown>";
  }
}

function fields(schema, indent) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => {
      const note = field.description ? `${indent}/** ${field.description.replaceAll("*/", "*​/")} */\n` : "";
      return `${note}${indent}${name}${required.has(name) ? "" : "?"}: ${typeOf(field, indent)};\n`;
    })
    .join("");
}

const lines = ["// Made by `npm run types` from openapi.json; do not edit.\n"];
for (const [name, schema] of Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const note = schema.description ? `/** ${schema.description.replaceAll("*/", "*​/")} */\n` : "";
  lines.push(
    schema.properties
      ? `${note}export interface ${safe(name)} {\n${fields(schema, "  ")}}\n`
      : `${note}export type ${safe(name)} = ${typeOf(schema, "")};\n`,
  );
}
writeFileSync(target, lines.join("\n"));
