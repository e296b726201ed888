// The recommended rules for schemas and operations and those for Relay, against what the server publishes.
import { readFileSync } from 'node:fs';
import plugin from '@graphql-eslint/eslint-plugin';
import { buildSchema, isObjectType } from 'graphql';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const values = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && type.getInterfaces().length === 0);

const shared = {
  plugins: { '@graphql-eslint': plugin },
  languageOptions: {
    parser: plugin.parser,
    parserOptions: { graphQLConfig: { schema: './schema.graphql', documents: './documents/*.graphql' } },
  },
};

export default [
  {
    ...shared,
    files: ['schema.graphql'],
    rules: {
      ...plugin.configs['flat/schema-recommended'].rules,
      ...plugin.configs['flat/schema-relay'].rules,
      // What implements Node has an id; money, pages, reports, events and payloads are values and have none.
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: values.map((type) => type.name) } }],
      // Connections have `nodes` beside `edges`, and short lists are lists. A change is an event, found by no id.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // Relay's specification asks for one direction at least; both are given where somebody pages backwards.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
    },
  },
  {
    ...shared,
    files: ['documents/*.graphql'],
    rules: plugin.configs['flat/operations-recommended'].rules,
  },
];
