"""The pages of contracts: both sides, versions, the editor, calendars."""
