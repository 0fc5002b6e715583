"""Dashboards of Grafana as files it provisions itself with; uids are fixed, so that links keep working."""
