// Apollo Client: pages merged by relayStylePagination, objects found again by their global ids, problems as
// members of a union, persisted queries over GET, and documents from a manifest.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { ApolloClient, gql, HttpLink, InMemoryCache, type ObservableQuery, type OperationVariables } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { generatePersistedQueryIdsFromManifest, type PersistedQueryManifestForGeneratingPersistedQueryIds as Manifest } from "@apollo/persisted-query-lists";

import {
  ArticleBySlugDocument,
  CommentDocument,
  LatestArticlesDocument,
  RefetchDocument,
  RetitleArticleDocument,
  SiteSearchDocument,
  WriteArticleDocument,
} from "./generated/graphql.js";
import possibleTypes from "./generated/possibleTypes.js";
import { discussed, editor, hub, noting, strictHub, written } from "./hub.js";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function cache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: possibleTypes.possibleTypes,
    typePolicies: { Query: { fields: { articles: relayStylePagination(["filter", "order"]) } } },
  });
}

function client(headers: Record<string, string> = {}): ApolloClient {
  return new ApolloClient({ cache: cache(), link: new HttpLink({ uri: `${hub}/graphql`, headers }) });
}

/** The first whole answer of a query that is on the screen, and stays there. */
function shown<Data, Variables extends OperationVariables>(query: ObservableQuery<Data, Variables>): Promise<Data> {
  return new Promise((resolve, reject) => {
    query.subscribe(({ data, dataState, error }) => {
      if (error) reject(error);
      if (dataState === "complete") resolve(data as Data);
    });
  });
}

test("pages forward are merged into one list, each article once", async () => {
  const one = client();
  const query = one.watchQuery({ query: LatestArticlesDocument, variables: { first: 10 } });
  const first = await shown(query);
  assert.equal(first.articles.edges.length, 10);
  let info = first.articles.pageInfo;
  while (info.hasNextPage) {
    const more = await query.fetchMore({ variables: { after: info.endCursor } });
    assert.ok(more.data);
    info = more.data.articles.pageInfo;
  }
  const merged = one.readQuery({ query: LatestArticlesDocument, variables: { first: 10 } });
  const all = merged?.articles.edges.map((edge) => edge.node.id);
  assert.equal(all?.length, first.articles.totalCount);
  assert.equal(new Set(all).size, all.length);
});

test("pages backward are put in front of those that were there", async () => {
  const all = await client().query({ query: LatestArticlesDocument, variables: { first: 100 } });
  const titles = all.data?.articles.edges.map((edge) => edge.node.title);
  const one = client();
  const query = one.watchQuery({ query: LatestArticlesDocument, variables: { last: 30 } });
  const tail = await shown(query);
  await query.fetchMore({ variables: { last: 30, before: tail.articles.pageInfo.startCursor } });
  const merged = one.readQuery({ query: LatestArticlesDocument, variables: { last: 30 } })?.articles;
  assert.deepEqual(merged?.edges.map((edge) => edge.node.title), titles);
  assert.equal(merged?.pageInfo.hasPreviousPage, false);
});

test("an article is one object of the cache, however it came in", async () => {
  const one = client();
  const found = await one.query({ query: ArticleBySlugDocument, variables: { slug: discussed } });
  const article = found.data?.article;
  assert.ok(article);
  await one.query({ query: SiteSearchDocument, variables: { text: article.title, first: 5 } });
  await one.query({ query: RefetchDocument, variables: { id: article.id } });
  const entries = Object.values(one.cache.extract() as Record<string, { slug?: string }>);
  assert.equal(entries.filter((entry) => entry.slug === discussed).length, 1);
  assert.equal(one.cache.identify({ __typename: "Article", id: article.id }), `Article:${article.id}`);
});

test("a mutation's payload updates what the cache holds, and a stale one is a Conflict", async () => {
  const staff = client(editor);
  const created = await staff.mutate({
    mutation: WriteArticleDocument,
    variables: { input: { title: "Gulls", body: { text: "Loud." }, status: "PUBLISHED" } },
  });
  const result = created.data?.createArticle;
  assert.equal(result?.__typename, "CreateArticlePayload");
  const article = result.article;
  assert.ok(article);
  const page = staff.watchQuery({ query: RefetchDocument, variables: { id: article.id } });
  await shown(page);
  const input = { id: article.id, seenVersion: article.version, title: "Gulls, again" };
  await staff.mutate({ mutation: RetitleArticleDocument, variables: { input } });
  const node = page.getCurrentResult().data?.node;
  assert.ok(node?.__typename === "Article");
  assert.equal(node.title, "Gulls, again");
  const stale = await staff.mutate({ mutation: RetitleArticleDocument, variables: { input } });
  const problem = stale.data?.reviseArticle;
  assert.equal(problem?.__typename, "Conflict");
  assert.equal(problem.code, "CONFLICT");
  assert.equal(problem.currentVersion, article.version + 1);
});

test("a problem is data: typed, with the path of the input", async () => {
  const one = client();
  const found = await one.query({ query: ArticleBySlugDocument, variables: { slug: discussed } });
  const articleId = found.data?.article?.id ?? "";
  const comment = (input: { articleId: string; authorName: string; body: string }) =>
    one.mutate({ mutation: CommentDocument, variables: { input } });

  const good = (await comment({ articleId, authorName: "Rita", body: "Well said." })).data?.submitComment;
  assert.equal(good?.__typename, "SubmitCommentPayload");
  assert.equal(good.status, "PENDING");
  assert.equal(good.comment, null, "it is for moderators alone while it waits");
  const blank = (await comment({ articleId, authorName: "Rita", body: " " })).data?.submitComment;
  assert.equal(blank?.__typename, "Invalid");
  assert.deepEqual([blank.code, blank.path], ["BAD_USER_INPUT", ["input", "body"]]);
  const nowhere = (await comment({ articleId: "QXJ0aWNsZTo5OTk5OQ==", authorName: "R", body: "?" })).data;
  assert.equal(nowhere?.submitComment.__typename, "NotFound");
});

test("persisted queries go by GET with their hash alone, once the hub knows them", async () => {
  const note = noting();
  const one = new ApolloClient({
    cache: cache(),
    defaultOptions: { query: { fetchPolicy: "network-only" } },
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(
      new HttpLink({ uri: `${hub}/graphql`, fetch: note.fetch }),
    ),
  });
  for (const first of [1, 2]) {
    const got = await one.query({ query: LatestArticlesDocument, variables: { first } });
    assert.equal(got.data?.articles.edges.length, first);
  }
  assert.equal(note.seen.length, 3, "the hash, the document with it, and the hash");
  const last = note.seen[2];
  assert.equal(last?.method, "GET");
  assert.equal(last.url.searchParams.get("query"), null);
  assert.match(last.url.searchParams.get("extensions") ?? "", /"sha256Hash":"[0-9a-f]{64}"/);
});

test("documents of Apollo's manifest are answered by their ids where no others are", async () => {
  const note = noting();
  const manifest = written<Manifest>("persisted-query-manifest.json");
  const ids = generatePersistedQueryIdsFromManifest({ loadManifest: () => Promise.resolve(manifest) });
  const http = new HttpLink({ uri: `${strictHub}/graphql`, fetch: note.fetch });
  const one = new ApolloClient({ cache: cache(), link: new PersistedQueryLink(ids).concat(http) });
  const got = await one.query({ query: LatestArticlesDocument, variables: { first: 3 } });
  assert.equal(got.data?.articles.edges.length, 3);
  assert.deepEqual(note.seen.map((each) => "query" in JSON.parse(each.body)), [false]);

  const other = new ApolloClient({ cache: cache(), link: http });
  await assert.rejects(
    other.query({ query: gql`{ site { name } }` }),
    /Only documents of the manifest are taken/,
  );
});
