// What Relay's compiler reads. Without Babel nothing turns these tags into what was compiled, so that this
// file is never run: the artefacts beside it, in __generated__, are imported as they are.
declare function graphql(strings: TemplateStringsArray): void;

graphql`
  query documentsFrontPageQuery($first: Int, $after: String, $last: Int, $before: String) {
    ...documentsFrontPage_query @arguments(first: $first, after: $after, last: $last, before: $before)
  }
`;

graphql`
  fragment documentsFrontPage_query on Query
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  )
  @refetchable(queryName: "documentsFrontPagePaginationQuery") {
    articles(first: $first, after: $after, last: $last, before: $before)
      @connection(key: "FrontPage_articles") {
      totalCount
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;
