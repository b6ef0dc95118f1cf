/**
 * `npm run api`: writes web/shared/api-types.ts from docs/openapi.json, and lays the document out in one form.
 * `npm run api:check`: fails if either is not as it would be written.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const DOCUMENT = path("../../docs/openapi.json");
const TYPES = path("../shared/api-types.ts");
const WIDTH = 160;
const HEAD = `/* @generated from docs/openapi.json by \`npm run api\`. Change the document, not this file. */\n`;

/** JSON with one line for whatever fits on one: a change of one field is a change of one line. */
function layOut(value, indent = "") {
  const flat = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, " ") ?? "null";
  if (typeof value !== "object" || value === null) return flat;
  const entries = Object.entries(value);
  // The levels that hold paths, operations and schemas are always spread out.
  if (indent.length >= 4 && flat.length + indent.length <= WIDTH) return flat.replaceAll("{ }", "{}");
  if (entries.length === 0) return Array.isArray(value) ? "[]" : "{}";
  const inner = `${indent}  `;
  const lines = entries.map(([name, item]) =>
    Array.isArray(value)
      ? `${inner}${layOut(item, inner)}`
      : `${inner}${JSON.stringify(name)}: ${layOut(item, inner)}`,
  );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

const written = readFileSync(DOCUMENT, "utf8");
const document = JSON.parse(written);
const laidOut = `${layOut(document)}\n`;
const ast = await openapiTS(document, {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  alphabetize: false,
});
const types = await format(HEAD + astToString(ast), { ...(await resolveConfig(TYPES)), filepath: TYPES });

if (process.argv.includes("--check")) {
  const stale = [
    [laidOut, written, "docs/openapi.json"],
    [types, read(TYPES), "web/shared/api-types.ts"],
  ].filter(([wanted, found]) => wanted !== found);
  for (const [, , name] of stale)
    console.error(`${name} is not as docs/openapi.json makes it: run \`npm run api\` in web/.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  writeFileSync(DOCUMENT, laidOut);
  writeFileSync(TYPES, types);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
