// relay-runtime without React: what usePaginationFragment does with @connection and @refetchable, both ways, and
// the documents that relay-compiler persists.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createOperationDescriptor,
  type Direction,
  Environment,
  type FetchFunction,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getRefetchMetadata,
  getSelector,
  type GraphQLResponse,
  type GraphQLTaggedNode,
  Network,
  type OperationType,
  RecordSource,
  Store,
} from "relay-runtime";

import { strictHub } from "./hub.js";
import fragment, { type documentsFrontPage_query$key } from "./relay/__generated__/documentsFrontPage_query.graphql.js";
import pageQuery, {
  type documentsFrontPageQuery,
  type documentsFrontPageQuery$variables,
} from "./relay/__generated__/documentsFrontPageQuery.graphql.js";

interface Connection {
  edges: { node: { id: string; title: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: number;
}

/** Sends the ids of documents alone, as the compiler has persisted them, to a hub that takes no others. */
const byId: FetchFunction = async (request, variables) => {
  assert.equal(request.text, null);
  const body = JSON.stringify({ documentId: request.id, variables });
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
  const answer = await fetch(`${strictHub}/graphql`, { method: "POST", headers, body });
  return (await answer.json()) as GraphQLResponse;
};

/** A list on the screen: a query, its fragment, and a way to load more of it on either side. */
class Screen {
  private readonly environment = new Environment({
    network: Network.create(byId),
    store: new Store(new RecordSource()),
  });
  private variables: documentsFrontPageQuery$variables = {};

  async open(variables: documentsFrontPageQuery$variables): Promise<Connection> {
    this.variables = variables;
    await fetchQuery<documentsFrontPageQuery>(this.environment, pageQuery, variables).toPromise();
    return this.connection();
  }

  async load(direction: Direction, count: number): Promise<Connection> {
    const { paginationMetadata } = getPaginationMetadata(fragment, "Screen");
    const { refetchableRequest } = getRefetchMetadata(fragment, "Screen");
    const { startCursor, endCursor } = this.connection().pageInfo;
    const cursor = direction === "forward" ? endCursor : startCursor;
    const wanted = getPaginationVariables(direction, count, cursor, this.variables, {}, paginationMetadata);
    await fetchQuery<OperationType>(this.environment, refetchableRequest as GraphQLTaggedNode, wanted).toPromise();
    return this.connection();
  }

  /** What the fragment shows, with the pageInfo that its type leaves to Relay's hooks. */
  private connection(): Connection {
    const operation = createOperationDescriptor(pageQuery, this.variables);
    const page = this.environment.lookup(operation.fragment).data as unknown as documentsFrontPage_query$key;
    const selector = getSelector(fragment, page);
    assert.ok(selector?.kind === "SingularReaderSelector");
    return (this.environment.lookup(selector).data as { articles: Connection }).articles;
  }
}

const titles = (connection: Connection): string[] => connection.edges.map((edge) => edge.node.title);

test("@connection grows forward", async () => {
  const screen = new Screen();
  let shown = await screen.open({ first: 15 });
  assert.equal(shown.edges.length, 15);
  while (shown.pageInfo.hasNextPage) shown = await screen.load("forward", 15);
  assert.equal(shown.edges.length, shown.totalCount);
  assert.deepEqual(titles(shown), titles(await new Screen().open({ first: 100 })));
});

test("@connection grows backward", async () => {
  const screen = new Screen();
  let shown = await screen.open({ last: 15 });
  while (shown.pageInfo.hasPreviousPage) shown = await screen.load("backward", 15);
  assert.deepEqual(titles(shown), titles(await new Screen().open({ first: 100 })));
});
