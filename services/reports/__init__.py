"""What outside readers of a PostgreSQL store may build on: views `report_*`, and a role that sees nothing else."""
