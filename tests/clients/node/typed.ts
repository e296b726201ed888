// Compiled, never run: the generated types say what a reader of the schema would expect.
import type { AccountsQuery, BookTransactionMutationVariables } from './generated/operations.js';
import type { Account, Money } from './generated/schema.js';

export const booking: BookTransactionMutationVariables = {
  input: { accountId: 'acc_x', date: '2026-11-20', amount: '-12.50', description: 'Bakery' },
};

export function total(found: AccountsQuery): Money['amount'][] {
  return found.viewer?.accounts.map((account) => account.balance.amount) ?? [];
}

export function name(account: Account): string {
  return account.mask ?? account.name;
}
