"""The operations of the main job, as a client would write them."""

LINK_BANK = """
mutation Link($input: LinkBankInput!) {
  linkBank(input: $input) { bankLink { id status accounts { id name } } userErrors { code message path } }
}
"""
LINK_STATES = """
query Links {
  viewer { bankLinks { id status lastSyncedAt accounts { id balance { amount } }
    syncs(first: 5) { nodes { status added problem } } } }
}
"""
SYNC_PROGRESSED = """
subscription Progress($link: ID!) { syncProgressed(bankLinkId: $link) { sync { id status added problem } } }
"""
ACCOUNTS = "query Accounts { viewer { accounts { id name type mask balance { amount currency } bankLink { id } } } }"
CREATE_BUDGET = """
mutation Budget($input: CreateBudgetInput!) {
  createBudget(input: $input) { budget { id category { id } limit { amount } } userErrors { code message path } }
}
"""
BUDGET_MONTH = """
query Month($month: Month!) {
  viewer {
    budgetMonth(month: $month) {
      income { amount } spent { amount } planned { amount } rolledOver { amount } remaining { amount } unconverted
      lines {
        category { id } budget { id } planned { amount } rolledOver { amount } spent { amount } remaining { amount }
      }
    }
  }
}
"""
REPORTS = """
query Reports($from: Date!, $to: Date!) {
  viewer {
    reports {
      cashFlow(from: $from, to: $to) {
        income { amount } expenses { amount } net { amount } unconverted
        points { from to income { amount } expenses { amount } net { amount } }
      }
      spendingByCategory(from: $from, to: $to) {
        total { amount } unconverted lines { category { id } amount { amount } count }
      }
    }
  }
}
"""
CREATE_GROUP = """
mutation Group($input: CreateSavingsGroupInput!) {
  createSavingsGroup(input: $input) { savingsGroup { id inviteCode sequence } userErrors { code message path } }
}
"""
JOIN_GROUP = """
mutation Join($input: JoinSavingsGroupInput!) {
  joinSavingsGroup(input: $input) {
    savingsGroup { id members { displayName isMe } } userErrors { code message path }
  }
}
"""
CONTRIBUTE = """
mutation Contribute($input: ContributeToGroupInput!) {
  contributeToGroup(input: $input) {
    contribution { id amount { amount } message } userErrors { code message path }
  }
}
"""
GROUP = """
query Group($id: ID!) {
  node(id: $id) {
    ... on SavingsGroup {
      sequence saved { amount } members { displayName contributed { amount } }
      contributions(first: 100) { nodes { id amount { amount } message by { displayName } } }
    }
  }
}
"""
GROUP_UPDATED = """
subscription Updates($group: ID!, $after: String) {
  groupUpdated(groupId: $group, after: $after) {
    sequence kind contribution { id amount { amount } message by { displayName } }
  }
}
"""
BALANCE_CHANGED = """
subscription Balances($after: String) {
  balanceChanged(after: $after) { sequence account { id } balance { amount } }
}
"""
SEQUENCE = "query Sequence { viewer { sequence } }"
