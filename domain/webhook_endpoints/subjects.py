"""What events are about, as third parties know it: a test holds it equal to the schema."""

SUBJECTS = {
    "Account": ("acc", "accounts:read"),
    "BankLink": ("bnk", "bank_links:read"),
    "Budget": ("bud", "budgets:read"),
    "CategoryRule": ("rul", "categories:read"),
    "Goal": ("goa", "goals:read"),
    "GoalContribution": ("gcn", "goals:read"),
    "GroupContribution": ("gct", "groups:read"),
    "Household": ("hsh", "household:read"),
    "Notification": ("ntf", "notifications:read"),
    "SavingsGroup": ("grp", "groups:read"),
    "SavingsGroupMember": ("mem", "groups:read"),
    "StatementImport": ("imp", "imports:read"),
    "Sync": ("syn", "bank_links:read"),
    "Transaction": ("txn", "transactions:read"),
    "User": ("usr", "profile:read"),
}
"""By the type's name in the schema: what its ids begin with, and the scope that reaches it."""
