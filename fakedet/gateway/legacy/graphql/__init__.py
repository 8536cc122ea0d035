"""POST /graphql, from which clients up to 0.12.3 read everything (the master had a Hasura engine behind it): one query, literals only."""
