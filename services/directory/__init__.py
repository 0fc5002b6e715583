"""Services, their people and their tools: who there is."""
