// Where the hub is that is asked, and what is known of the demo content that it holds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

function named(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

/** A hub with the demo content. */
export const hub = named("HUB_URL");

/** The same content, where only the documents of this project's manifests are answered. */
export const strictHub = named("HUB_STRICT_URL");

/** What an editor sends along. */
export const editor = { authorization: `Bearer ${named("HUB_TOKEN")}` };

/** An article that readers have commented on. */
export const discussed = "ferry-launch";

/** What one of the tools wrote into the folder of what is built. */
export function written<Content>(file: string): Content {
  return JSON.parse(readFileSync(join(__dirname, file), "utf8")) as Content;
}

/** A fetch that notes the requests which it was asked for. */
export function noting(): { fetch: typeof fetch; seen: { method: string; url: URL; body: string }[] } {
  const seen: { method: string; url: URL; body: string }[] = [];
  return {
    seen,
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      seen.push({ method: init?.method ?? "GET", url, body: String(init?.body ?? "") });
      return fetch(input, init);
    },
  };
}
