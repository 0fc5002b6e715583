"""Reminders: a creditor asks the debtor where something owed is."""
