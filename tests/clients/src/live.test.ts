// Subscriptions: graphql-ws over a websocket (with Apollo's link too), graphql-sse, and a plain EventSource.
import assert from "node:assert/strict";
import { on } from "node:events";
import { test } from "node:test";

import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { EventSource } from "eventsource";
import { print } from "graphql";
import { createClient as createStreams } from "graphql-sse";
import { createClient } from "graphql-ws";
import { firstValueFrom } from "rxjs";
import WebSocket from "ws";

import {
  ArticleBySlugDocument,
  ArticleChangesDocument,
  type ArticleChangesSubscription,
  CommentDocument,
  ModerateDocument,
  NewCommentsDocument,
  WriteArticleDocument,
} from "./generated/graphql.js";
import { discussed, editor, hub } from "./hub.js";

const socketUrl = `${hub.replace("http", "ws")}/graphql`;
const staff = new ApolloClient({
  cache: new InMemoryCache(),
  defaultOptions: { query: { fetchPolicy: "no-cache" }, mutate: { fetchPolicy: "no-cache" } },
  link: new HttpLink({ uri: `${hub}/graphql`, headers: editor }),
});

type Change = ArticleChangesSubscription["articleChanged"];

/** Waits for word of an article that is published again and again, since a subscription may still be beginning. */
async function heard(title: string, changes: AsyncIterable<Change>): Promise<void> {
  const input = { title, body: { text: "So it is." }, status: "PUBLISHED" as const };
  const publish = () => void staff.mutate({ mutation: WriteArticleDocument, variables: { input } });
  const publishing = setInterval(publish, 500);
  try {
    for await (const change of changes) {
      if (change.change === "PUBLISHED" && change.article?.title === title) return;
    }
    throw new Error(`nothing was heard of ${title}`);
  } finally {
    clearInterval(publishing);
  }
}

/** The changes in the answers of a client. */
async function* changesIn(
  answers: AsyncIterable<{ data?: ArticleChangesSubscription | null | undefined }>,
): AsyncIterable<Change> {
  for await (const { data } of answers) {
    if (data) yield data.articleChanged;
  }
}

test("graphql-ws tells of articles as they are published", { timeout: 20_000 }, async () => {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket });
  const answers = client.iterate<ArticleChangesSubscription>({ query: print(ArticleChangesDocument) });
  await heard("Told by socket", changesIn(answers));
  await client.dispose();
});

test("a subscription that cannot be is an error of its own, and the socket stays open", async () => {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket });
  await assert.rejects(
    client.iterate({ query: "subscription { noSuchThing }" }).next(),
    (errors: { message: string }[]) => /noSuchThing/.test(errors[0]?.message ?? ""),
  );
  const { value } = await client.iterate({ query: "{ site { name } }" }).next();
  assert.deepEqual(Object.keys(value.data), ["site"]);
  await client.dispose();
});

test("a token that is not good closes the socket with 4403", async () => {
  const connectionParams = { authorization: "Bearer hub_nobody" };
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
  await assert.rejects(client.iterate({ query: "{ site { name } }" }).next(), { code: 4403 });
});

test("Apollo's link hears of a comment once it is approved", { timeout: 20_000 }, async () => {
  const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket });
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(socket) });
  const page = await staff.query({ query: ArticleBySlugDocument, variables: { slug: discussed } });
  const articleId = page.data?.article?.id ?? "";
  const told = firstValueFrom(client.subscribe({ query: NewCommentsDocument, variables: { articleId } }));
  await new Promise((resume) => socket.on("connected", () => setTimeout(resume, 500)));
  const readers = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: `${hub}/graphql` }) });
  const input = { articleId, authorName: "Rita", body: "Heard by all." };
  const sent = await readers.mutate({ mutation: CommentDocument, variables: { input } });
  assert.equal(sent.data?.submitComment.__typename, "SubmitCommentPayload");
  assert.equal(sent.data.submitComment.status, "PENDING");
  const approval = { id: sent.data.submitComment.commentId, status: "APPROVED" as const };
  await staff.mutate({ mutation: ModerateDocument, variables: { input: approval } });
  assert.equal((await told).data?.commentAdded.body, "Heard by all.");
  await socket.dispose();
});

test("graphql-sse tells of articles as they are published", { timeout: 20_000 }, async () => {
  const client = createStreams({ url: `${hub}/graphql` });
  const answers = client.iterate<ArticleChangesSubscription>({ query: print(ArticleChangesDocument) });
  await heard("Told by stream", changesIn(answers));
  client.dispose();
});

test("an EventSource needs no library", { timeout: 20_000 }, async () => {
  const query = encodeURIComponent(print(ArticleChangesDocument));
  const events = new EventSource(`${hub}/graphql?query=${query}`);
  const changes = async function* (): AsyncIterable<Change> {
    for await (const [event] of on(events, "next")) {
      yield (JSON.parse((event as MessageEvent<string>).data) as { data: ArticleChangesSubscription }).data.articleChanged;
    }
  };
  await heard("Told by events", changes());
  events.close();
});
