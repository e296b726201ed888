"""What a third party may be allowed to do for a person: one scope per area and verb."""

ANY = "any"
"""Stands where a scope is asked for, and every token has it: values without a meaning of their own, such as Money."""
PERSON = "person"
"""Stands where a scope is asked for, and no token has it: for the person's own clients alone."""

WORDS = {
    "profile:read": "See names, e-mail addresses and settings: yours, and those of the people in your household",
    "household:read": "See your household and who belongs to it, and the names of your other households",
    "accounts:read": "See your accounts and their balances",
    "accounts:write": "Open, change and close accounts that are kept by hand",
    "bank_links:read": "See which banks are linked, and how their updates went",
    "bank_links:write": "Link banks, ask them for updates, and end links",
    "transactions:read": "See your transactions",
    "transactions:write": "Add, change, categorise and delete transactions",
    "categories:read": "See your categories, rules and merchants",
    "categories:write": "Change your categories and rules",
    "imports:read": "See which bank files were imported",
    "imports:write": "Import bank files",
    "budgets:read": "See your budgets and what was spent of them",
    "budgets:write": "Make, change and delete budgets",
    "goals:read": "See your goals and what was saved towards them",
    "goals:write": "Make and change goals, and put money into them",
    "groups:read": "See your savings groups, their members and contributions",
    "groups:write": "Found, join and leave savings groups, and contribute to them",
    "recurring:read": "See payments that come again and again",
    "reports:read": "See reports: spending, cash flow and net worth",
    "notifications:read": "See what Coffer tells you",
    "notifications:write": "Mark as read what Coffer told you",
    "changes:read": "Follow what changes, within what it may see otherwise",
    "webhook_endpoints:read": "See where it has changes sent to, and how that went",
    "webhook_endpoints:write": "Have changes sent to servers of its own, within what it may see otherwise",
}
"""All scopes that can be granted, in the words of the consent page."""

BEYOND_ACCOUNTS = frozenset({"bank_links:write", "imports:read", "imports:write", "notifications:read"})
"""What these show or do is not held apart by account: they are not granted together with a choice of accounts."""


def readable(scope: str, scopes: frozenset[str] | None) -> bool:
    """Whether who has these scopes (None: the person's own client) may do what asks for this one."""
    return scopes is None or scope == ANY or scope in scopes
