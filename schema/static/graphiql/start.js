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
  const fetcher = async (params, options) => {
    const answer = await fetch(window.location.pathname, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        ...(options && options.headers),
      },
      body: JSON.stringify(params),
    });
    return answer.json();
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
