// Types of the schema and of our documents, as an integrator in TypeScript makes them.
export default {
  schema: 'schema.graphql',
  documents: 'documents/*.graphql',
  silent: true,
  generates: {
    'generated/schema.ts': { plugins: ['typescript'] },
    'generated/operations.ts': { plugins: ['typescript-operations'] },
  },
  config: {
    strictScalars: true,
    useTypeImports: true,
    enumsAsTypes: true,
    scalars: {
      CurrencyCode: 'string',
      Date: 'string',
      DateTime: 'string',
      Decimal: 'string',
      Month: 'string',
      URL: 'string',
    },
  },
};
