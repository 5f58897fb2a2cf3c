"use strict";
(() => {
  const query = `# Everything that a page needs, in one request.
# A token goes below, under "Headers": {"Authorization": "Bearer …"}
query SiteSearch {
  search(query: "", first: 10) {
    totalCount
    edges {
      highlights { field fragments }
      node {
        title
        slug
        publishedAt
        related(first: 3) { edges { kind node { title } } }
        comments(first: 2) { totalCount nodes { authorName body } }
      }
    }
  }
}
`;
  const asked = new URLSearchParams(window.location.search);
  const ask = (params, options, accept, signal) =>
    fetch(window.location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json", accept, ...options?.headers },
      body: JSON.stringify(params),
      signal,
    });
  const subscribes = ({ operationName }, ast) =>
    ast?.definitions.some(
      ({ operation, name }) =>
        operation === "subscription" && (!operationName || name?.value === operationName),
    );
  // What a subscription is told, as it comes. EventSource would send no token.
  const listen = async (params, options, signal, next) => {
    const answer = await ask(params, options, "text/event-stream", signal);
    if (!answer.headers.get("content-type").startsWith("text/event-stream")) {
      return next(await answer.json());
    }
    let rest = "";
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const data = /^event: next\ndata: (.*)$/.exec(event)?.[1];
        if (data) next(JSON.parse(data));
      }
    }
  };
  const fetcher = async (params, options) => {
    if (!subscribes(params, options?.documentAST)) {
      const accept = "application/graphql-response+json, application/json";
      return (await ask(params, options, accept)).json();
    }
    return {
      subscribe({ next, error, complete }) {
        const stopped = new AbortController();
        listen(params, options, stopped.signal, next).then(
          complete,
          (trouble) => stopped.signal.aborted || error(trouble),
        );
        return { unsubscribe: () => stopped.abort() };
      },
    };
  };
  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: query,
      query: asked.get("query") ?? undefined,
      variables: asked.get("variables") ?? undefined,
      defaultEditorToolsVisibility: true,
      shouldPersistHeaders: false,
    }),
  );
})();
