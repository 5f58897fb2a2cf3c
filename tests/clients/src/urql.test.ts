// urql: pages merged by graphcache's relayPagination, a mutation that updates what is shown, automatic persisted
// queries over GET, and the documents that GraphQL Code Generator's client preset persists.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Client, type Exchange, fetchExchange, type TypedDocumentNode } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { persistedExchange } from "@urql/exchange-persisted";
import { buildSchema, introspectionFromSchema } from "graphql";

import {
  ArticleBySlugDocument,
  CommentDocument,
  LatestArticlesDocument,
  RefetchDocument,
  RetitleArticleDocument,
  SiteSearchDocument,
} from "./generated/graphql.js";
import { discussed, editor, hub, noting, strictHub } from "./hub.js";

const schema = introspectionFromSchema(buildSchema(readFileSync("../../schema/schema.graphql", "utf8")));

/** An article that no other test reads the title of. */
const retitled = "winter-flu";

/** Objects that have no id are kept with what holds them. */
const embedded = () => null;

function cache(): Exchange {
  const types = ["ArticleConnection", "ArticleEdge", "SearchConnection", "SearchEdge", "Highlight", "PageInfo"];
  return cacheExchange({
    schema,
    keys: Object.fromEntries(types.map((type) => [type, embedded])),
    resolvers: { Query: { articles: relayPagination() } },
  });
}

function client(...exchanges: Exchange[]): Client {
  return new Client({
    url: `${hub}/graphql`,
    exchanges: [cache(), ...exchanges, fetchExchange],
    fetchOptions: { headers: editor },
    preferGetMethod: false,
  });
}

/** The data of an answer without error. */
async function data<Data, Variables extends object>(
  one: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const result = await one.query(document, variables).toPromise();
  assert.equal(result.error, undefined);
  assert.ok(result.data);
  return result.data;
}

test("pages forward and backward are merged by relayPagination", async () => {
  const whole = await data(client(), LatestArticlesDocument, { first: 100 });
  const titles = whole.articles.edges.map((edge) => edge.node.title);

  const forward = client();
  let page = await data(forward, LatestArticlesDocument, { first: 20 });
  while (page.articles.pageInfo.hasNextPage) {
    page = await data(forward, LatestArticlesDocument, { first: 20, after: page.articles.pageInfo.endCursor });
  }
  assert.deepEqual(page.articles.edges.map((edge) => edge.node.title), titles);

  const backward = client();
  page = await data(backward, LatestArticlesDocument, { last: 20 });
  while (page.articles.pageInfo.hasPreviousPage) {
    page = await data(backward, LatestArticlesDocument, { last: 20, before: page.articles.pageInfo.startCursor });
  }
  assert.deepEqual(page.articles.edges.map((edge) => edge.node.title), titles);
});

test("a search finds an article that a mutation then changes wherever it is shown", async () => {
  const one = client();
  const found = await data(one, ArticleBySlugDocument, { slug: retitled });
  assert.ok(found.article);
  const hits = await data(one, SiteSearchDocument, { text: found.article.title, first: 5 });
  assert.equal(hits.search?.edges[0]?.node.id, found.article.id);
  assert.match(hits.search.edges[0].highlights.flatMap((each) => each.fragments).join(), /<mark>/);

  const input = { id: found.article.id, seenVersion: -1, title: "No" };
  const refused = await one.mutation(RetitleArticleDocument, { input }).toPromise();
  const problem = refused.data?.reviseArticle;
  assert.equal(problem?.__typename, "Conflict");
  const right = { ...input, seenVersion: problem.currentVersion, title: `${found.article.title}!` };
  await one.mutation(RetitleArticleDocument, { input: right }).toPromise();
  const kept = one.readQuery(RefetchDocument, { id: found.article.id }) ?? null;
  const again = kept?.data ?? (await data(one, ArticleBySlugDocument, { slug: retitled }));
  assert.match(JSON.stringify(again), /!"/);
});

test("a bad comment is a problem, not an error", async () => {
  const found = await data(client(), ArticleBySlugDocument, { slug: discussed });
  const input = { articleId: found.article?.id ?? "", authorName: "", body: "Hm." };
  const result = await client().mutation(CommentDocument, { input }).toPromise();
  assert.equal(result.error, undefined);
  assert.equal(result.data?.submitComment.__typename, "Invalid");
  assert.deepEqual(result.data.submitComment.path, ["input", "authorName"]);
});

test("persisted queries go by GET with their hash alone, once the hub knows them", async () => {
  const note = noting();
  const one = new Client({
    url: `${hub}/graphql`,
    exchanges: [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
    fetch: note.fetch,
    preferGetMethod: false,
  });
  await data(one, SiteSearchDocument, { text: "harbour", first: 1 });
  const got = await data(one, SiteSearchDocument, { text: "harbour", first: 2 });
  assert.equal(got.search?.edges.length, 2);
  const last = note.seen.at(-1);
  assert.equal(note.seen.length, 3);
  assert.equal(last?.method, "GET");
  assert.equal(last.url.searchParams.get("query"), null);
});

test("documents of the client preset are answered by their ids where no others are", async () => {
  const note = noting();
  const one = new Client({
    url: `${strictHub}/graphql`,
    exchanges: [
      persistedExchange({
        enforcePersistedQueries: true,
        enableForMutation: true,
        // The preset writes the id into each document.
        generateHash: (_, document) => {
          assert.ok("__meta__" in document);
          return Promise.resolve((document.__meta__ as { hash: string }).hash);
        },
      }),
      fetchExchange,
    ],
    fetch: note.fetch,
    preferGetMethod: false,
  });
  const got = await data(one, LatestArticlesDocument, { first: 3 });
  assert.equal(got.articles.edges.length, 3);
  assert.ok(note.seen.every((each) => !/"query":/.test(each.body)));
});
