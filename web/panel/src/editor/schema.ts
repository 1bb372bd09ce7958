// What of a JSON Schema the forms need: what a field holds, looked through references and "or nothing".
import type { Json } from "./model";

export type Schema = {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  title?: string;
  description?: string;
  enum?: Json[];
  const?: Json;
  default?: Json;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  required?: string[];
  pattern?: string;
  format?: string;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
};

export type Kind = "texts" | "choice" | "switch" | "number" | "step" | "line" | "list" | "choices" | "interval" | "media" | "object" | "union" | "time" | "other";

const INTERVAL = "1d:2h:30m";
const HOUR = "09:00";
const KEY_PATTERN = "^[\\w.-]{1,64}$";

export function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  const target = name === undefined ? schema : { ...(root.$defs?.[name] ?? {}), ...schema, $ref: undefined };
  const others = target.anyOf?.filter((each) => each.type !== "null");
  return others?.length === 1 && others[0] ? resolve({ ...others[0] }, root) : (target as Schema);
}

export function kindOf(schema: Schema, root: Schema = {}): Kind {
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string") return kindOfText(schema);
  if (schema.type === "array") return kindOfList(resolve(schema.items ?? {}, root));
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return schema.additionalProperties.type === "string" ? "texts" : "other";
  }
  if (schema.type === "object") return schema.properties ? "object" : "other";
  if (schema.anyOf?.every((each) => each.$ref !== undefined || each.type === "object" || each.const !== undefined)) return "union";
  return "other";
}

function kindOfText(schema: Schema): Kind {
  if (schema.pattern === KEY_PATTERN) return "step";
  if (schema.format === INTERVAL) return "interval";
  return schema.format === HOUR ? "time" : "line";
}

function kindOfList(items: Schema): Kind {
  if (items.properties?.["ref"]) return "media";
  return items.enum ? "choices" : "list";
}

/** The one of several kinds of objects that a value is: the one that knows all its fields and lacks none it needs. */
export function chooseKind(kinds: Schema[], value: Json): number {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return kinds.findIndex((kind) => kind.const !== undefined && (value === null || kind.const === value));
  }
  const names = Object.keys(value);
  return kinds.findIndex(
    (kind) =>
      kind.const === undefined &&
      names.every((name) => kind.properties?.[name] !== undefined) &&
      (kind.required ?? []).every((name) => names.includes(name)),
  );
}

// What is seldom needed stands behind a button, unless it says something.
const SELDOM = new Set(["parse_mode", "link_preview", "protect", "stamp", "button_set", "timeout", "timeout_goto", "retries", "prompt"]);
const OWN = new Set(["key", "type"]);

/** The fields of an object in their order, without those that are seldom needed and say nothing. */
export function listFields(schema: Schema, value: Record<string, Json>, all: boolean): { shown: [string, Schema][]; more: boolean } {
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !OWN.has(name));
  const shown = fields.filter(([name]) => all || !SELDOM.has(name) || value[name] !== undefined);
  return { shown, more: shown.length < fields.length };
}

/** A value with which something new of this schema can begin; `words` stand where there has to be a text. */
export function begin(schema: Schema, root: Schema, language: string, words = ""): Json {
  const known = resolve(schema, root);
  if (known.default !== undefined) return known.default;
  if (known.const !== undefined) return known.const;
  switch (kindOf(known, root)) {
    case "texts":
      return { [language]: words };
    case "choice":
      return known.enum?.[0] ?? null;
    case "switch":
      return false;
    case "number":
      return known.minimum ?? 0;
    case "interval":
      return "1d";
    case "list":
      return Array.from({ length: known.minItems ?? 0 }, () => begin(known.items ?? {}, root, language, words));
    case "media":
    case "choices":
      return [];
    case "line":
      return known.format === "date" ? new Date().toISOString().slice(0, 10) : "";
    case "object": {
      const needed = Object.entries(known.properties ?? {}).filter(([name]) => known.required?.includes(name));
      return Object.fromEntries(needed.map(([name, field]) => [name, begin(field, root, language, words)]));
    }
    default:
      return "";
  }
}
