"""Config policies: what administrators fix or limit in the configurations of others (master: api_config_policies.go)."""
