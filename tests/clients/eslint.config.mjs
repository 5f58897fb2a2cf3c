// graphql-eslint over the hub's schema, with its rules for Relay and for names, and over this project's operations.
// Run in the root of the clone, so that both are below it.
import graphql from "@graphql-eslint/eslint-plugin";

const schema = "schema/schema.graphql";
const documents = "tests/clients/src/operations/*.graphql";
const configured = {
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema, documents } } },
  plugins: { "@graphql-eslint": graphql },
};
const rules = (name) => graphql.configs[`flat/${name}`].rules;

export default [
  {
    ...configured,
    files: [schema],
    rules: {
      ...rules("schema-all"),
      ...rules("schema-relay"),
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
          // GraphQL's own, printed for tools that do not know it yet.
          ignoredSelectors: ["DirectiveDefinition[name.value=oneOf]"],
        },
      ],
      // Relay asks for edges in connections, not that every list be one: an article's topics, the fragments of a
      // highlight and the nodes beside the edges are lists.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      // Fields stand in the order in which they are read, identity first.
      "@graphql-eslint/alphabetize": "off",
      // What is found again has an id; edges, payloads and problems are values.
      "@graphql-eslint/strict-id-in-types": "off",
      // There are mutations, and subscriptions.
      "@graphql-eslint/no-root-type": "off",
      // A deprecation names the version of its removal, not a date: docs/reference/versions.md.
      "@graphql-eslint/require-deprecation-date": "off",
      // A mutation always answers: what goes wrong is a member of its union. Lists are never absent either.
      "@graphql-eslint/require-nullable-result-in-root": "off",
    },
  },
  { ...configured, files: [documents], rules: rules("operations-recommended") },
];
