// GraphQL over HTTP as the audits of graphql-http check it: what a server must, should and may do.
import assert from "node:assert/strict";
import { test } from "node:test";

import { serverAudits } from "graphql-http";

import { hub } from "./hub.js";

for (const audit of serverAudits({ url: `${hub}/graphql` })) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", "reason" in result ? result.reason : undefined);
  });
}
