// What relay-compiler reads: a page by page list under @connection, a fragment of a node, a change, a subscription.
import { graphql } from 'relay-runtime';

export const list = graphql`
  query pagesQuery($count: Int!, $cursor: String) {
    viewer {
      ...pages_list @arguments(count: $count, cursor: $cursor)
    }
  }
`;

export const fragment = graphql`
  fragment pages_list on Viewer @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }) {
    transactions(first: $count, after: $cursor) @connection(key: "pages_transactions") {
      edges {
        node {
          ...pages_line
        }
      }
    }
  }
`;

export const line = graphql`
  fragment pages_line on Transaction {
    id
    description
    amount {
      amount
      currency
    }
  }
`;

export const byId = graphql`
  query pagesNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...pages_line @alias
    }
  }
`;

export const refetchable = graphql`
  fragment pages_goal on Goal
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "pagesGoalRefetchQuery") {
    name
    contributions(first: $count, after: $cursor) @connection(key: "pages_contributions") {
      edges {
        node {
          note
        }
      }
    }
  }
`;

export const describe = graphql`
  mutation pagesDescribeMutation($input: UpdateTransactionInput!) {
    updateTransaction(input: $input) {
      transaction {
        ...pages_line
      }
      userErrors {
        code
        path
      }
    }
  }
`;

export const balances = graphql`
  subscription pagesBalancesSubscription($after: String) {
    balanceChanged(after: $after) {
      sequence
      account {
        id
        balance {
          amount
        }
      }
    }
  }
`;
